import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { startTestServer, type TestServer } from '../../src/server/testing/test_server.ts'
import { FIRST_OBJECTS, question, unknownPaths } from './requests.ts'
import { checkAnswer } from './well_formed.ts'

const SHORT_RUN_MS = 6_000

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
  for (const object of FIRST_OBJECTS) assert.equal((await cluster.ask(object)).status, 201)
})
after(() => cluster.stop())

test('the paths that are tried are those of resources', () => {
  assert.deepEqual(unknownPaths(), [])
})

test('whatever is asked, the answer is one', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(question, async (asked) => void (await checkAnswer(cluster, asked))),
    { numRuns: 3_000, interruptAfterTimeLimit: SHORT_RUN_MS, markInterruptAsFailure: false },
  )
})

test('afterwards the cluster still works', async () => {
  const body = { metadata: { name: 'after-all' }, data: { a: '1' } }
  const made = await cluster.ask({ method: 'POST', path: '/api/v1/namespaces/kube-system/configmaps', body })
  assert.equal(made.status, 201)
  const listed = await cluster.ask({ path: '/api/v1/namespaces/kube-system/configmaps' })
  assert.ok(listed.text.includes('after-all'))
})
