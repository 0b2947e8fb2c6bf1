import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError } from '../../api/error.ts'
import type { StatsPages } from '../../node/stats/pages.ts'
import type { ContainerLogRequest, ContainerStreamRequest, NodeStreams } from '../../node/streams.ts'
import { http } from '../node_http.ts'
import { DIAL_PATH, type DialedAddress, pipeDialed } from './agent_dial.ts'
import { listenUnixSocket } from './unix_socket.ts'

/** The request travels in a header, since an upgrade has no body. */
export const REQUEST_HEADER = 'x-berth-request'
const DIAL_MS_MAX = 30_000
/** A long command has its place there: what the API server lets through, encoded, and more. */
const HEADER_BYTES_MAX = 2 * 1024 * 1024

/**
 * The agent's door for the API server: a unix socket that only root may open. `GET /log` answers
 * a container's log, the kubelet's paths what the node uses; an upgrade of `/stream` becomes a plain pipe to the runtime's streaming server,
 * which lives inside the node's network namespace and cannot be reached from outside.
 */
export async function openAgentDoor(
  socketPath: string,
  streams: NodeStreams,
  pages?: StatsPages,
): Promise<{ close(): Promise<void> }> {
  const server = http.createServer({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) => {
    const work = servePage(pages, request, response).then(async (done) => {
      if (done) return
      if (request.headers[REQUEST_HEADER] === undefined) return answerUnknown(response)
      await serveLog(streams, request, response)
    })
    work.catch((thrown) => answerError(response, thrown))
  })
  server.requestTimeout = 0
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const piped =
      request.url === DIAL_PATH
        ? pipeDialed(decodeRequest<DialedAddress>(request), socket, head)
        : pipeStream(streams, request, socket, head)
    piped.catch((thrown) => refuseUpgrade(socket, thrown))
  })
  return listenUnixSocket(server, socketPath)
}

/** False when the path is none of the kubelet's. */
async function servePage(pages: StatsPages | undefined, request: IncomingMessage, response: ServerResponse) {
  const page = await pages?.(request.url ?? '')
  if (page === undefined) return false
  response.writeHead(200, { 'content-type': page.contentType }).end(page.text)
  return true
}

async function serveLog(streams: NodeStreams, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const wanted = decodeRequest<ContainerLogRequest>(request)
  const sink = {
    write: (chunk: Uint8Array) => {
      response.write(chunk)
      return response.writableLength
    },
    end: (error?: Error) => {
      if (error === undefined) response.end()
      else response.destroy(error)
    },
  }
  const opened = streams.log(wanted, sink, gone.signal)
  await opened
  if (!response.headersSent) response.flushHeaders()
}

async function pipeStream(streams: NodeStreams, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const wanted = decodeRequest<ContainerStreamRequest>(request)
  const runtime = await dialRuntime(await streams.streamUrl(wanted), request.headers['x-stream-protocol-version'])
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${runtime.protocol}\r\n\r\n`,
  )
  if (head.length > 0) runtime.socket.write(head)
  if (runtime.head.length > 0) socket.write(runtime.head)
  socket.pipe(runtime.socket).pipe(socket)
  socket.on('close', () => runtime.socket.destroy())
  // Ended, not destroyed: what the container said last may still be on its way.
  runtime.socket.on('close', () => socket.end())
}

interface RuntimeStream {
  readonly socket: Duplex
  readonly head: Buffer
  readonly protocol: string
}

/** A tunnel opens only after the runtime's own 101; anything else it says is an error for the client. */
function dialRuntime(url: string, protocols: string | string[] | undefined): Promise<RuntimeStream> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocolList(protocols) }
    const request = http.request(url, { method: 'POST', headers, timeout: DIAL_MS_MAX })
    request.on('timeout', () => request.destroy(new Error('the container runtime does not answer')))
    request.on('error', reject)
    request.on('upgrade', (response, socket, head) => {
      socket.setTimeout(0)
      socket.on('error', () => socket.destroy())
      resolve({ socket, head, protocol: String(response.headers['x-stream-protocol-version'] ?? '') })
    })
    request.on('response', (response) => {
      response.resume()
      reject(
        new ApiError({
          code: 500,
          reason: 'InternalError',
          message: `the container runtime answered ${response.statusCode}`,
        }),
      )
    })
    request.end()
  })
}

const protocolList = (given: string | string[] | undefined): string[] =>
  (Array.isArray(given) ? given : [given ?? '']).flatMap((line) => line.split(',')).map((name) => name.trim())

function decodeRequest<T>(request: IncomingMessage): T {
  const header = request.headers[REQUEST_HEADER]
  return JSON.parse(Buffer.from(String(header ?? ''), 'base64url').toString('utf8')) as T
}

/** What a kubelet says at a path that it does not have. */
function answerUnknown(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n')
}

function answerError(response: ServerResponse, thrown: unknown): void {
  const error = ApiError.from(thrown)
  if (response.headersSent) return void response.destroy()
  response.writeHead(error.code, { 'content-type': 'application/json' }).end(JSON.stringify(error.toStatus()))
}

function refuseUpgrade(socket: Duplex, thrown: unknown): void {
  const error = ApiError.from(thrown)
  const body = JSON.stringify(error.toStatus())
  const head = `HTTP/1.1 ${error.code} ${http.STATUS_CODES[error.code] ?? 'Error'}\r\nConnection: close\r\nContent-Type: application/json\r\n`
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}
