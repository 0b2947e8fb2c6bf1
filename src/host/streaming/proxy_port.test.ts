import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ApiError } from '../../api/error.ts'
import type { HttpRequest, HttpResponse } from '../../server/http/http_types.ts'
import type { ProxiedRequest, ProxyDestination } from '../../server/http/proxy_port.ts'
import { type Listening, listenHttps } from '../https_server.ts'
import { openAgentDoor } from './agent_door.ts'
import { createProxyPort } from './proxy_port.ts'

/** The whole way with real sockets: a client's HTTP server, the agent's door, a server behind it. */

const LARGE = new Uint8Array(8 * 1024 * 1024).fill(7)
const folder = mkdtempSync(join(tmpdir(), 'berth-proxy-'))
const proxy = createProxyPort(() => join(folder, 'door.sock'))
let behind: Server
let door: { close(): Promise<void> }
let front: Listening
let destination: ProxyDestination

before(async () => {
  behind = createServer(answer).on('upgrade', (request, socket) => {
    if (request.url === '/no') return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nnope')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`,
    )
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', () => resolve()))
  destination = toPort(String((behind.address() as AddressInfo).port))
  const streams = { log: async () => {}, streamUrl: async () => '' }
  door = await openAgentDoor(join(folder, 'door.sock'), streams, async (path) =>
    path === '/healthz' ? { contentType: 'text/plain', text: 'ok' } : undefined,
  )
  front = await listenHttps({
    port: 0,
    address: '127.0.0.1',
    handler: async (request) => proxy.request(destination, proxied(request)),
    upgrade: async (request, upgrade) => proxy.upgrade(destination, proxied(request), upgrade),
  })
})

after(async () => {
  behind.closeAllConnections()
  await Promise.all([front.close(), door.close(), new Promise((resolve) => behind.close(resolve))])
  rmSync(folder, { recursive: true, force: true })
})

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/large') return void response.end(LARGE)
  if (request.url === '/broken')
    return void response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy())
  const hash = createHash('md5')
  request.on('data', (chunk) => hash.update(chunk))
  request.on('end', () => {
    response.writeHead(418, { 'set-cookie': ['a=1', 'b=2'] })
    response.end(JSON.stringify({ method: request.method, url: request.url, body: hash.digest('hex') }))
  })
}

const toPort = (port: string): ProxyDestination => ({
  type: 'address',
  node: 'n',
  scheme: 'http',
  host: '127.0.0.1',
  port,
})

const proxied = ({ method, path, query, headers, chunks, signal }: HttpRequest): ProxiedRequest => ({
  method,
  path: query === '' ? path : `${path}?${query}`,
  headers: headers['content-length'] === undefined ? {} : { 'content-length': headers['content-length'] },
  body: chunks?.() ?? nothing(),
  signal,
})

async function* nothing(): AsyncGenerator<Uint8Array> {}

const url = (path: string) => `http://127.0.0.1:${front.port}${path}`
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

test('method, path, query, body, status and repeated headers arrive as they were sent', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const body = method === 'GET' ? null : LARGE
    const reply = await fetch(url('/a%2Fb/?c=d%20e'), { method, body })
    assert.equal(reply.status, 418)
    assert.deepEqual(reply.headers.getSetCookie(), ['a=1', 'b=2'])
    assert.deepEqual(await reply.json(), { method, url: '/a%2Fb/?c=d%20e', body: md5(body ?? new Uint8Array()) })
  }
})

test('a large answer comes whole, a broken one does not look whole', async () => {
  assert.equal(md5(new Uint8Array(await (await fetch(url('/large'))).arrayBuffer())), md5(LARGE))
  await assert.rejects((await fetch(url('/broken'))).text())
})

test('an upgraded connection carries bytes both ways; a refusal is passed on', async () => {
  assert.match(await talk('/yes', 'hello'), /^HTTP\/1\.1 101 [\s\S]*Upgrade: chat[\s\S]*\r\n\r\nhello$/)
  assert.match(await talk('/no', ''), /^HTTP\/1\.1 403 [\s\S]*nope$/)
})

/** Says something once the connection is upgraded, and answers all that came by then. */
function talk(path: string, said: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n`
    const socket = connect(front.port, '127.0.0.1', () => socket.write(head))
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      if (heard.endsWith('\r\n\r\n')) socket.write(said)
      if (said !== '' && heard.endsWith(said)) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
  })
}

test('the agent answers for itself; what cannot be reached is 503', async () => {
  const ask = (to: ProxyDestination, path: string): Promise<HttpResponse> =>
    proxy.request(to, { method: 'GET', path, headers: {}, body: nothing(), signal: new AbortController().signal })
  assert.equal(await statusAt(ask, '/healthz'), 200)
  assert.equal(await statusAt(ask, '/log'), 404)
  const refused = await ask(toPort('1'), '/').catch(ApiError.from)
  assert.ok(refused instanceof ApiError)
  assert.equal(refused.code, 503)
  assert.equal(refused.message, 'error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused')
  const lost = await ask(toPort('http'), '/').catch(ApiError.from)
  assert.match(String(lost), /unknown port/)
})

type Ask = (to: ProxyDestination, path: string) => Promise<HttpResponse>

async function statusAt(ask: Ask, path: string): Promise<number> {
  const { status, body } = await ask({ type: 'agent', node: 'n' }, path)
  if (typeof body === 'function') await new Promise<void>((end) => body({ write: () => 0, end }))
  return status
}
