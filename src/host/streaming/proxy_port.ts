import type { ClientRequest, IncomingMessage } from 'node:http'
import { type Duplex, pipeline, Readable } from 'node:stream'
import { connect } from 'node:tls'
import { ApiError } from '../../api/error.ts'
import { messageOf } from '../../base/log.ts'
import type { HttpResponse, HttpSink } from '../../server/http/http_types.ts'
import type { ProxiedRequest, ProxyDestination, ProxyPort } from '../../server/http/proxy_port.ts'
import type { Upgrade } from '../../server/http/streaming_port.ts'
import { http } from '../node_http.ts'
import { dialThroughAgent } from './agent_client.ts'

/** So much may wait for a slow reader before the destination has to wait too. */
const WAITING_BYTES_MAX = 1024 * 1024
const REFUSAL_BYTES_MAX = 1024 * 1024

/** Carries proxied requests through the nodes' agents. */
export function createProxyPort(agentSocketOf: (nodeName: string) => string): ProxyPort {
  return {
    async request(destination, request) {
      const sent = await send(agentSocketOf(destination.node), destination, request, {})
      const response = await answerTo(sent)
      return { ...statusAndHeaders(response), body: (sink) => pour(response, sink) }
    },
    async upgrade(destination, request, upgrade) {
      const sent = await send(agentSocketOf(destination.node), destination, request, {
        connection: 'Upgrade',
        upgrade: upgrade.headers['upgrade'] ?? '',
      })
      return joined(sent, upgrade)
    },
  }
}

type Headers = Readonly<Record<string, string>>

async function send(
  agent: string,
  destination: ProxyDestination,
  proxied: ProxiedRequest,
  more: Headers,
): Promise<ClientRequest> {
  const { method, path, headers, body, signal } = proxied
  // Small servers end header lines with a bare newline. Each connection carries one answer, which is framed anew.
  const lenient = { insecureHTTPParser: true }
  const options = { method, path, headers: { connection: 'close', ...headers, ...more }, signal, ...lenient }
  const connection = await connectionTo(agent, destination)
  const request =
    connection === undefined
      ? http.request({ ...options, socketPath: agent })
      : http.request({ ...options, createConnection: () => connection })
  request.on('error', () => connection?.destroy())
  request.on('response', (response) => response.on('close', () => connection?.destroy()))
  // Who waits for the answer hears of it; a body that breaks off ends the request.
  pipeline(Readable.from(body, { objectMode: false }), request, () => {})
  return request
}

/** Undefined for the agent itself, which is asked at its own door. */
async function connectionTo(agent: string, destination: ProxyDestination): Promise<Duplex | undefined> {
  if (destination.type === 'agent') return undefined
  const { scheme, host } = destination
  const port = destination.port === '' ? (scheme === 'https' ? '443' : '80') : destination.port
  const socket = await dialThroughAgent(agent, { host, port }).catch((error: unknown) => {
    throw unreachable(error)
  })
  // Pods' certificates are their own affair, as they are upstream.
  return scheme === 'https' ? connect({ socket, rejectUnauthorized: false }) : socket
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', (error) => reject(unreachable(error)))
    request.on('response', resolve)
  })
}

const unreachable = (cause: unknown): ApiError =>
  new ApiError({
    code: 503,
    reason: 'ServiceUnavailable',
    message: `error trying to reach service: ${causeText(cause)}`,
  })

const causeText = (cause: unknown): string =>
  (cause as { code?: unknown }).code === 'EPROTO' ? 'http: server gave HTTP response to HTTPS client' : messageOf(cause)

/** What concerns the connection with the destination only. */
const WITHHELD = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function statusAndHeaders(response: IncomingMessage): Pick<HttpResponse, 'status' | 'headers'> {
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && !WITHHELD.has(name)) headers[name] = value
  }
  return { status: response.statusCode ?? 502, headers }
}

/** Passes the body on at the speed of its reader. */
function pour(response: IncomingMessage, sink: HttpSink): void {
  response.on('data', (chunk: Uint8Array) => {
    if (sink.write(chunk) <= WAITING_BYTES_MAX || sink.onceDrained === undefined) return
    response.pause()
    sink.onceDrained(() => response.resume())
  })
  response.on('end', () => sink.end())
  response.on('error', () => (sink.abort === undefined ? sink.end() : sink.abort()))
}

/** The client gets the destination's own `101`, and from then on every byte. */
function joined(request: ClientRequest, upgrade: Upgrade): Promise<HttpResponse | undefined> {
  return new Promise((resolve, reject) => {
    request.on('error', (error) => reject(unreachable(error)))
    request.on('response', (response) => void refusal(response).then(resolve, reject))
    request.on('upgrade', (response, socket, head) => {
      const client = upgrade.socket as unknown as Duplex
      client.write(headOf(response))
      if (head.length > 0) client.write(head)
      if (upgrade.head.length > 0) socket.write(upgrade.head)
      socket.on('error', () => socket.destroy())
      client.on('error', () => client.destroy())
      client.pipe(socket).pipe(client)
      client.on('close', () => socket.destroy())
      socket.on('close', () => client.end())
      resolve(undefined)
    })
  })
}

function headOf({ statusCode = 101, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${http.STATUS_CODES[statusCode] ?? ''}`]
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

async function refusal(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > REFUSAL_BYTES_MAX) break
    chunks.push(chunk)
  }
  const { status, headers } = statusAndHeaders(response)
  const { 'content-length': _length, ...others } = headers
  return { status, headers: others, body: chunks }
}
