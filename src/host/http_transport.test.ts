import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ApiError } from '../api/error.ts'
import type { WatchEvent } from '../api/request.ts'
import { PODS } from '../api/resources.ts'
import { createClient } from '../client/typed_client.ts'
import { createHttpTransport } from './http_transport.ts'
import { JsonLines } from './json_lines.ts'
import { pathOf } from './request_path.ts'

async function serve(context: TestContext, handler: http.RequestListener) {
  const folder = mkdtempSync(join(tmpdir(), 'transport-'))
  const socketPath = join(folder, 'socket')
  const server = http.createServer(handler)
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const transport = createHttpTransport({ server: 'http://cluster', socketPath, token: 'secret' })
  context.after(() => {
    transport.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return transport
}

const status = { kind: 'Status', status: 'Failure', reason: 'NotFound', message: 'pods "x" not found', code: 404 }

test('requests are spelled as method, path, query and body, and answers read', async (context) => {
  const seen: string[] = []
  const transport = await serve(context, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? ''} ${body}`)
    assert.equal(request.headers.authorization, 'Bearer secret')
    response.setHeader('warning', '299 - "old \\"api\\""')
    response.end('{"metadata":{"name":"x"}}')
  })
  const client = createClient(transport, { fieldManager: 'me' })
  await client.get(PODS, { namespace: 'a', name: 'x' })
  await client.list(PODS, { labelSelector: 'a=b' })
  await client.patch(PODS, { namespace: 'a', name: 'x' }, { type: 'merge', body: { spec: {} }, subresource: 'status' })
  await client.delete(PODS, { namespace: 'a', name: 'x' }, { uid: 'u' })
  assert.deepEqual(seen, [
    'GET /api/v1/namespaces/a/pods/x  ',
    'GET /api/v1/pods?labelSelector=a%3Db  ',
    'PATCH /api/v1/namespaces/a/pods/x/status?fieldManager=me application/merge-patch+json {"spec":{}}',
    'DELETE /api/v1/namespaces/a/pods/x application/json {"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"}}',
  ])
  const answer = await transport.request({ verb: 'get', group: '', version: 'v1', resource: 'pods', options: {} })
  assert.deepEqual(answer.warnings, ['old "api"'])
})

test('a Status becomes an ApiError, and so does a connection that fails', async (context) => {
  const transport = await serve(context, (request, response) => {
    if (request.url?.includes('broken')) request.destroy()
    else response.writeHead(404).end(JSON.stringify(status))
  })
  const client = createClient(transport)
  const failure = (name: string) => client.get(PODS, { namespace: 'a', name }).catch((error) => error)
  const missing = await failure('x')
  assert.ok(missing instanceof ApiError)
  assert.deepEqual([missing.code, missing.reason, missing.message], [404, 'NotFound', 'pods "x" not found'])
  const broken = await failure('broken')
  assert.deepEqual([broken.code, broken.reason], [503, 'ServiceUnavailable'])
})

test('a watch gives its events in order and tells how it ended', async (context) => {
  const lines = ['ADDED', 'MODIFIED'].map((type) => JSON.stringify({ type, object: { metadata: { name: 'ä' } } }))
  const ending = JSON.stringify({ type: 'ERROR', object: { ...status, code: 410, reason: 'Expired' } })
  const transport = await serve(context, (request, response) => {
    assert.ok(request.url?.includes('watch=true'))
    const text = Buffer.from(`${[...lines, ending].join('\n')}\n`)
    for (const byte of text) response.write(Buffer.from([byte]))
    response.end()
  })
  const events: WatchEvent[] = []
  const ended = Promise.withResolvers<Error | undefined>()
  const sink = { event: (event: WatchEvent) => events.push(event), closed: (error?: Error) => ended.resolve(error) }
  await createClient(transport).watch(PODS, { resourceVersion: '1' }, sink)
  const error = await ended.promise
  assert.deepEqual([events.map(({ type }) => type), (error as ApiError).code], [['ADDED', 'MODIFIED'], 410])
  assert.equal(events[0]?.object.metadata.name, 'ä')
})

test('a watch that is refused fails, one that is stopped is silent', async (context) => {
  const transport = await serve(context, (request, response) => {
    if (request.url?.includes('namespaces/no/')) response.writeHead(403).end('{"message":"no","code":403}')
    else response.writeHead(200).flushHeaders()
  })
  const client = createClient(transport)
  let closed = 0
  const sink = { event: () => {}, closed: () => void closed++ }
  await assert.rejects(client.watch(PODS, { namespace: 'no', resourceVersion: '1' }, sink), { code: 403 })
  const handle = await client.watch(PODS, { resourceVersion: '1' }, sink)
  handle.stop()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(closed, 0)
})

test('no part of a request can become another path, and lines have a limit', () => {
  const request = { verb: 'get', group: 'apps', version: 'v1', resource: 'statefulsets', options: {} } as const
  assert.equal(
    pathOf({ ...request, namespace: 'a/b', name: '../x?y' }),
    '/apis/apps/v1/namespaces/a%2Fb/statefulsets/..%2Fx%3Fy',
  )
  assert.throws(() => new JsonLines(() => {}, 10).push(Buffer.from('x'.repeat(11))), /longer than 10 bytes/)
})
