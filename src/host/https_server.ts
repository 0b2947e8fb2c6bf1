import { chmodSync, rmSync } from 'node:fs'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Backlogs, COUNTED_BYTES_MIN } from '../base/backlogs.ts'
import { sizeOfAll, wholeOf } from '../base/chunks.ts'
import type { ClientIdentity, HttpHandler, HttpRequest, HttpResponse, HttpSink } from '../server/http/http_types.ts'
import type { Upgrade } from '../server/http/streaming_port.ts'
import { http, https } from './node_http.ts'
import { readBody } from './request_body.ts'
import { sendBody } from './response_body.ts'

/** How long a connection without a request stays open: longer than Go's clients keep theirs. */
const IDLE_CONNECTION_MS = 120_000
const TOO_LARGE = 413
/** Room for the query of a long command, as much as Go's servers give; a client that sends its headers more slowly than this is not one of ours. */
const HEADER_BYTES_MAX = 1024 * 1024
const HEADERS_MS_MAX = 30_000
const WHOLE_REQUEST_MS_MAX = 60_000

/** Serves an upgrade itself and answers undefined, or says with which response it is refused. */
export type UpgradeHandler = (request: HttpRequest, upgrade: Upgrade) => Promise<HttpResponse | undefined>

export interface ServeOptions {
  readonly handler: HttpHandler
  readonly upgrade?: UpgradeHandler
  /** PEM texts; absent: plain HTTP, for a socket that only its owner can open. */
  readonly tls?: { readonly key: string; readonly certificate: string; readonly clientCa: string }
}

/** A server that listens. */
export interface Listening {
  /** The port; 0 on a unix socket. */
  readonly port: number
  /** Ends all connections, watches too, and resolves when none is left. */
  close(): Promise<void>
}

/** Listens on a TCP port; 0 takes a free one. Rejects when the port is in use. */
export function listenHttps(
  options: ServeOptions & { readonly port: number; readonly address: string },
): Promise<Listening> {
  return listen(serverOf(options), { port: options.port, host: options.address })
}

/** Listens on a unix socket that only its owner may open. */
export async function listenUnix(options: ServeOptions & { readonly path: string }): Promise<Listening> {
  rmSync(options.path, { force: true })
  const listening = await listen(serverOf(options), { path: options.path })
  chmodSync(options.path, 0o600)
  return listening
}

function serverOf({ handler, upgrade, tls }: ServeOptions): HttpServer {
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void serve(handler, incoming, outgoing)
  }
  const server =
    tls === undefined
      ? http.createServer({ maxHeaderSize: HEADER_BYTES_MAX }, onRequest)
      : https.createServer(
          {
            maxHeaderSize: HEADER_BYTES_MAX,
            key: tls.key,
            cert: tls.certificate,
            ca: tls.clientCa,
            requestCert: true,
            // Who shows no valid certificate may still have a token: the server decides, not the handshake.
            rejectUnauthorized: false,
            ALPNProtocols: ['http/1.1'],
            minVersion: 'TLSv1.2',
          },
          onRequest,
        )
  server.keepAliveTimeout = IDLE_CONNECTION_MS
  server.headersTimeout = HEADERS_MS_MAX
  server.requestTimeout = WHOLE_REQUEST_MS_MAX
  server.on(
    'upgrade',
    (incoming, socket, head) => void serveUpgrade({ handler, upgrade }, incoming, socket as Socket, head),
  )
  return server
}

function listen(server: HttpServer, where: { port?: number; host?: string; path?: string }): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.removeListener('error', reject)
      const address = server.address() as AddressInfo | string | null
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        close: () => close(server, sockets),
      })
    })
  })
}

/** Ends every connection by its socket: the server itself forgets those that have been upgraded. */
function close(server: HttpServer, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}

/** One for all: each response ends so, and a new error for each would collect a stack that nobody reads. */
const CONNECTION_GONE = new Error('the response is over')

async function serve(handler: HttpHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const abort = new AbortController()
  outgoing.once('close', () => abort.abort(CONNECTION_GONE))
  outgoing.on('error', () => abort.abort(CONNECTION_GONE))
  send(await handler(requestOf(incoming, abort.signal)), outgoing)
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): HttpRequest {
  const url = incoming.url ?? '/'
  const question = url.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    query: question < 0 ? '' : url.slice(question + 1),
    headers: flatHeaders(incoming),
    client: clientOf(incoming.socket),
    signal,
    body: () => readBody(incoming, signal),
    chunks: () => incoming,
  }
}

function flatHeaders({ headers }: IncomingMessage): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value
  return flat
}

const identities = new WeakMap<object, ClientIdentity | undefined>()

/** The identity in the client's certificate, read once a connection. */
function clientOf(socket: Socket): ClientIdentity | undefined {
  if (!identities.has(socket)) identities.set(socket, readIdentity(socket))
  return identities.get(socket)
}

function readIdentity(socket: Socket): ClientIdentity | undefined {
  const { authorized, getPeerCertificate } = socket as Partial<TLSSocket>
  if (authorized !== true || getPeerCertificate === undefined) return undefined
  const { subject, fingerprint256 } = (socket as TLSSocket).getPeerCertificate()
  const { CN, O } = subject as { CN?: string; O?: string | string[] }
  if (CN === undefined) return undefined
  const organizations = O === undefined ? [] : Array.isArray(O) ? O : [O]
  return { commonName: CN, organizations, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() }
}

function send({ status, headers, body }: HttpResponse, outgoing: ServerResponse): void {
  if (typeof body === 'function') {
    outgoing.writeHead(status, outgoingHeaders(headers))
    // Clients of a watch wait for the headers before they believe that it is open.
    outgoing.flushHeaders()
    body(sinkOf(outgoing))
    return
  }
  const length = status === 204 ? {} : { 'content-length': sizeOfAll(body) }
  // Nobody reads the rest of a body that is too large.
  const last = status === TOO_LARGE ? { connection: 'close' } : {}
  outgoing.writeHead(status, { ...outgoingHeaders(headers), ...length, ...last })
  countUnread(outgoing, sendBody(outgoing, body))
}

/** Answers that their readers do not take; beyond it those who are owed most are cut off. */
const UNREAD_BYTES_MAX = 512 * 1024 * 1024
const unread = new Backlogs(UNREAD_BYTES_MAX)

function countUnread(outgoing: ServerResponse, waiting: () => number): void {
  if (waiting() < COUNTED_BYTES_MIN) return
  const reader = { waiting, giveUp: () => void outgoing.destroy() }
  outgoing.once('close', () => unread.forget(reader))
  unread.note(reader, waiting())
}

const outgoingHeaders = (headers: HttpResponse['headers']): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )

const sinkOf = (outgoing: ServerResponse): HttpSink => ({
  write(chunk) {
    outgoing.write(chunk)
    return outgoing.writableLength
  },
  end: () => void outgoing.end(),
  waiting: () => outgoing.writableLength,
  onceDrained: (listener) => void outgoing.once('drain', listener),
  abort: () => void outgoing.destroy(),
})

interface Handlers {
  readonly handler: HttpHandler
  readonly upgrade: UpgradeHandler | undefined
}

/** A refused upgrade is answered and the connection closed: nothing of it is ever used again. */
async function serveUpgrade({ handler, upgrade }: Handlers, incoming: IncomingMessage, socket: Socket, head: Buffer) {
  const abort = new AbortController()
  socket.once('close', () => abort.abort())
  socket.on('error', () => abort.abort())
  const request = requestOf(incoming, abort.signal)
  const { method, headers } = request
  const upgraded = { method, headers, socket, head }
  const answer = upgrade === undefined ? await handler(request) : await upgrade(request, upgraded)
  if (answer === undefined) return
  const { status, body, messages } = answer
  if (status !== 200 || messages === undefined || typeof body !== 'function') return refuseUpgrade(answer, socket)
  // Loaded when somebody needs it: most processes never do.
  const { answerInMessages, isWebSocket } = await import('./streaming/web_socket.ts')
  if (!isWebSocket(upgraded)) return refuseUpgrade(answer, socket)
  await answerInMessages(upgraded, { body, messages })
}

function refuseUpgrade({ status, headers, body }: HttpResponse, socket: Socket): void {
  const whole = typeof body === 'function' ? Buffer.alloc(0) : wholeOf(body)
  const lines = Object.entries(outgoingHeaders(headers)).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`),
  )
  const head = [`HTTP/1.1 ${status} Refused`, ...lines, `content-length: ${whole.length}`, 'connection: close', '', '']
  socket.end(Buffer.concat([Buffer.from(head.join('\r\n')), whole]))
}
