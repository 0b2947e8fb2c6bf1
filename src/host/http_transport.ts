import type { RequestOptions as HttpOptions, IncomingMessage } from 'node:http'
import type { RequestOptions as HttpsOptions } from 'node:https'
import { checkServerIdentity as checkIdentity } from 'node:tls'
import { ApiError } from '../api/error.ts'
import type { ApiAnswer, ApiRequest, Transport, WatchHandle, WatchSink } from '../api/request.ts'
import { ANSWER_BYTES_MAX, ANSWER_WAIT_MS, SOCKETS_MAX, WATCH_SILENCE_MAX_MS } from './http_transport_limits.ts'
import { JsonLines } from './json_lines.ts'
import { http, https } from './node_http.ts'
import { contentTypeOf, methodOf, pathOf } from './request_path.ts'
import { readWatchEvent } from './watch_line.ts'

/** How to reach a cluster, and as whom. */
export interface HttpTransportOptions {
  /** `https://host:port`; `http` is for tests. */
  readonly server: string
  /** Connects to this unix socket instead of host and port; certificates are still checked against the host. */
  readonly socketPath?: string
  /** The authority's certificates, PEM; the machine's own if absent. */
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  readonly token?: string
  readonly userAgent?: string
  /** Accepts any certificate: only what a user asked for in so many words. */
  readonly insecure?: boolean
}

export interface HttpTransport extends Transport {
  /** Ends all connections; watches are told. */
  close(): void
}

/** The way to a cluster over HTTP/1.1 with connections that stay open. Failures are ApiErrors. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const connection = connect(options)
  return {
    request: (request) => connection.answer(request),
    watch: (request, sink) => openWatch(connection, request, sink),
    close: () => connection.close(),
  }
}

interface Connection {
  answer(request: ApiRequest): Promise<ApiAnswer>
  /** Resolves with the response's head. */
  open(request: ApiRequest, silenceMaxMs: number): Promise<IncomingMessage>
  close(): void
}

function connect(options: HttpTransportOptions): Connection {
  const url = new URL(options.server)
  const module = url.protocol === 'https:' ? https : http
  const agent = new module.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX })
  const fixed = fixedOptions(options, url)
  const headers = fixedHeaders(options)

  function send(request: ApiRequest, silenceMaxMs: number): Promise<IncomingMessage> {
    const { body, length } = encodeBody(request)
    return new Promise((resolve, reject) => {
      const sending = module.request(
        {
          ...fixed,
          agent,
          method: methodOf(request.verb),
          path: `${url.pathname === '/' ? '' : url.pathname}${pathOf(request)}`,
          headers: {
            ...headers,
            ...(body === undefined ? {} : { 'content-type': contentTypeOf(request), 'content-length': length }),
          },
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        },
        resolve,
      )
      sending.on('error', (error) => reject(connectionFailure(error, sending.reusedSocket)))
      sending.setTimeout(silenceMaxMs, () => sending.destroy(new Error(`silence for ${silenceMaxMs / 1000} s`)))
      sending.end(body)
    })
  }

  /** A kept connection may have been closed at the other end just now; a read may be sent again. */
  async function open(request: ApiRequest, silenceMaxMs: number): Promise<IncomingMessage> {
    try {
      return await send(request, silenceMaxMs)
    } catch (error) {
      const isReading = methodOf(request.verb) === 'GET'
      if (isReading && error instanceof ConnectionFailure && error.staleConnection) return send(request, silenceMaxMs)
      throw error
    }
  }

  return {
    open,
    answer: async (request) => answerOf(await open(request, ANSWER_WAIT_MS)),
    close: () => agent.destroy(),
  }
}

function fixedOptions(options: HttpTransportOptions, url: URL): HttpOptions & HttpsOptions {
  const { socketPath, ca, certificate, key, insecure } = options
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    ...(socketPath === undefined ? { host, port: url.port || (url.protocol === 'https:' ? 443 : 80) } : { socketPath }),
    ...(/^[\d.:]+$|:/.test(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(insecure === true ? { rejectUnauthorized: false } : {}),
    ...(socketPath !== undefined && url.protocol === 'https:'
      ? { checkServerIdentity: (_: string, certificate) => checkIdentity(host, certificate) }
      : {}),
  }
}

function fixedHeaders({ token, userAgent = 'berth' }: HttpTransportOptions): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
}

/** No answer, and so no Status: the server could not be reached or the connection broke. */
class ConnectionFailure extends ApiError {
  readonly staleConnection: boolean

  constructor(error: NodeJS.ErrnoException, reusedSocket: boolean) {
    super({
      code: 503,
      reason: 'ServiceUnavailable',
      message: `no answer from the server: ${error.message}`,
      cause: error,
    })
    this.staleConnection = reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
  }
}

const connectionFailure = (error: NodeJS.ErrnoException, reusedSocket: boolean): ApiError =>
  new ConnectionFailure(error, reusedSocket)

function encodeBody(request: ApiRequest): { readonly body: string | undefined; readonly length: number } {
  if (request.body === undefined) return { body: undefined, length: 0 }
  const body = JSON.stringify(request.body)
  return { body, length: Buffer.byteLength(body) }
}

async function answerOf(response: IncomingMessage): Promise<ApiAnswer> {
  const code = response.statusCode ?? 0
  const bytes = await readAll(response)
  const object = parse(bytes, code)
  if (code >= 400) throw ApiError.fromStatus(object, code)
  return { code, object, bytes: () => bytes, warnings: warningsOf(response) }
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) {
      length += (chunk as Buffer).length
      if (length > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`)
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    throw connectionFailure(error as NodeJS.ErrnoException, false)
  }
  return Buffer.concat(chunks)
}

/** A failure may come as plain text, from a proxy for instance. */
function parse(bytes: Buffer, code: number): object {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    if (value !== null && typeof value === 'object') return value
  } catch (error) {
    if (code < 400) throw new ApiError({ code: 502, message: 'the answer is no JSON', cause: error })
  }
  return { message: bytes.toString().slice(0, 1000).trim() || `the server answered ${code}`, code }
}

/** `299 - "text"`, several in one header. */
function warningsOf(response: IncomingMessage): readonly string[] {
  const header = response.headers.warning ?? ''
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
}

async function openWatch(connection: Connection, request: ApiRequest, sink: WatchSink): Promise<WatchHandle> {
  const response = await connection.open(request, WATCH_SILENCE_MAX_MS)
  if ((response.statusCode ?? 0) >= 400) await answerOf(response)
  let open = true
  const close = (error?: Error) => {
    if (!open) return
    open = false
    response.destroy()
    sink.closed(error)
  }
  const lines = new JsonLines((line) => {
    if (!open) return
    const event = readWatchEvent(line)
    if (event instanceof ApiError) close(event)
    else sink.event(event)
  })
  response.on('data', (chunk: Buffer) => {
    try {
      lines.push(chunk)
    } catch (error) {
      close(ApiError.from(error))
    }
  })
  response.on('end', () => close())
  response.on('error', (error) => close(connectionFailure(error, false)))
  return {
    stop: () => {
      open = false
      response.destroy()
    },
  }
}
