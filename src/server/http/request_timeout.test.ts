import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'
import { durationFault } from './request_timeout.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

test('a timeout that is no duration is refused, whatever is asked for', async () => {
  const ask = async (path: string) => (await server.ask({ path })).json
  const { code, message } = await ask('/api/v1/namespaces?timeout=soon')
  assert.equal(code, 400)
  assert.equal(message, 'invalid timeout specified in the request URL - time: invalid duration "soon"')
  assert.equal((await ask('/nowhere?timeout=soon')).code, 400)
  for (const timeout of ['', '0s', '3m', '1h2m3.5s'])
    assert.equal((await server.ask({ path: `/api/v1/namespaces?timeout=${timeout}` })).status, 200)
})

test('what is wrong with a duration is said as Go says it', () => {
  assert.equal(durationFault('-1.5h'), undefined)
  assert.equal(durationFault('0'), undefined)
  assert.equal(durationFault('10'), 'time: missing unit in duration "10"')
  assert.equal(durationFault('10x'), 'time: unknown unit "x" in duration "10x"')
  assert.equal(durationFault('1s.'), 'time: invalid duration "1s."')
})
