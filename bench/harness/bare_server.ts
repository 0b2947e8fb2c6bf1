import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openAuthority } from '../../src/host/certificates.ts'

/**
 * The yardstick: what `node:https` and SQLite allow on this machine when nobody asks for more. No checks, no
 * defaults, no authorization; durable before acknowledged, all writes of one turn in one transaction; lists and
 * watches of what was written. Prints its port when it listens.
 *
 *     node bare_server.ts FOLDER      (the folder holds its certificates and its database)
 */
const folder = process.argv[2] ?? ''
const authority = await openAuthority(folder)
const pair = await authority.keptServer('server', { names: ['localhost'], addresses: ['127.0.0.1'] })
const database = new DatabaseSync(join(folder, 'bare.db'))
database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
database.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, path TEXT, bytes BLOB)')
const insert = database.prepare('INSERT INTO rows (path, bytes) VALUES (?, ?)')

interface Write {
  readonly path: string
  readonly bytes: Buffer
  readonly response: ServerResponse
}

const kept = new Map<string, Buffer>()
const watchers = new Set<ServerResponse>()
let waiting: Write[] = []

function commit(): void {
  const batch = waiting
  waiting = []
  database.exec('BEGIN')
  for (const { path, bytes } of batch) insert.run(path, bytes)
  database.exec('COMMIT')
  for (const { path, bytes, response } of batch) {
    kept.set(path, bytes)
    reply(response, 201, bytes)
  }
  const frame = Buffer.concat(
    batch.flatMap(({ bytes }) => [Buffer.from('{"type":"ADDED","object":'), bytes, Buffer.from('}\n')]),
  )
  for (const watcher of watchers) watcher.write(frame)
}

function reply(response: ServerResponse, status: number, bytes: Buffer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length })
  response.end(bytes)
}

function write(request: IncomingMessage, response: ServerResponse, path: string): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { metadata: Record<string, unknown> }
    const known = request.method === 'PATCH' ? (JSON.parse(`${kept.get(path) ?? '{}'}`) as typeof body) : undefined
    const metadata: Record<string, unknown> = {
      ...known?.metadata,
      ...body.metadata,
      resourceVersion: String(kept.size),
    }
    const bytes = Buffer.from(JSON.stringify({ ...known, ...body, metadata }))
    if (waiting.length === 0) setImmediate(commit)
    waiting.push({ path: request.method === 'POST' ? `${path}/${metadata['name']}` : path, bytes, response })
  })
}

function list(response: ServerResponse, path: string, limit: number): void {
  const parts: Buffer[] = [Buffer.from('{"items":[')]
  for (const [name, bytes] of kept) {
    if (!name.startsWith(`${path}/`)) continue
    if (parts.length > 1) parts.push(Buffer.from(','))
    parts.push(bytes)
    if (parts.length > limit * 2) break
  }
  parts.push(Buffer.from(']}'))
  reply(response, 200, Buffer.concat(parts))
}

const server = createServer({ key: pair.key, cert: pair.certificate, ca: authority.certificate, requestCert: true })
server.on('request', (request: IncomingMessage, response: ServerResponse) => {
  const url = new URL(request.url ?? '', 'https://localhost')
  if (request.method !== 'GET') return write(request, response, url.pathname)
  if (url.searchParams.has('watch')) {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.flushHeaders()
    watchers.add(response)
    response.on('close', () => watchers.delete(response))
    return
  }
  const one = kept.get(url.pathname)
  if (one !== undefined) return reply(response, 200, one)
  list(response, url.pathname, Number(url.searchParams.get('limit') ?? Number.POSITIVE_INFINITY))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(address !== null && typeof address === 'object' ? address.port : 0)
})
