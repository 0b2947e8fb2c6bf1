import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { WATCH_BACKLOG_BYTES_MAX } from '../limits.ts'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

test('a watch whose client does not read is ended, and so holds no memory', async () => {
  const { body } = await cluster.server.http({
    method: 'GET',
    path: MAPS,
    query: 'watch=true',
    headers: { authorization: 'Bearer admin-token' },
    client: undefined,
    signal: new AbortController().signal,
    body: async () => new Uint8Array(),
  })
  let written = 0
  const ended = new Promise<void>((resolve) => {
    assert.equal(typeof body, 'function')
    if (typeof body !== 'function') return
    // Nothing of what is written ever leaves.
    body({ write: (chunk) => (written += chunk.length), end: resolve })
  })
  const data = { text: 'x'.repeat(900 * 1024) }
  for (let index = 0; written <= WATCH_BACKLOG_BYTES_MAX && index < 40; index++) {
    await cluster.ask({ method: 'POST', path: MAPS, body: { metadata: { name: `large-${index}` }, data } })
  }
  await ended
  const before = written
  await cluster.ask({ method: 'POST', path: MAPS, body: { metadata: { name: 'afterwards' } } })
  assert.equal(written, before)
})
