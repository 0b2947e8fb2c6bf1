import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const GROUP = '/apis/flowcontrol.apiserver.k8s.io/v1'
const HEADER = 'x-kubernetes-pf-flowschema-uid'
const LEVEL = 'x-kubernetes-pf-prioritylevel-uid'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const uidOf = async (path: string): Promise<string> =>
  (await cluster.ask({ path: `${GROUP}/${path}` })).json.metadata.uid
const flowOf = async (path: string, token?: string) => (await cluster.ask({ path, token })).headers

test('answers name the flow that the request is of, refusals too; streams and unknown users have none', async () => {
  const own = await flowOf('/api/v1/pods')
  assert.deepEqual(
    [own[HEADER], own[LEVEL]],
    [await uidOf('flowschemas/exempt'), await uidOf('prioritylevelconfigurations/exempt')],
  )
  const others = await flowOf('/api/v1/pods', 'ann-token')
  assert.equal(others[HEADER], await uidOf('flowschemas/global-default'))
  assert.equal((await flowOf('/healthz/etcd', ''))[HEADER], await uidOf('flowschemas/probes'))
  assert.equal((await flowOf('/api/v1/namespaces/default/pods/p/log'))[HEADER], undefined)
  assert.equal((await flowOf('/api/v1/pods', 'wrong'))[HEADER], undefined)
})

test('the first schema that matches counts, as soon as it is there and while its level is', async () => {
  const rule = {
    subjects: [{ kind: 'User', user: { name: 'ann' } }],
    resourceRules: [{ verbs: ['list'], apiGroups: [''], resources: ['secrets'], namespaces: ['default'] }],
  }
  const make = async (name: string, level: string) => {
    const spec = { matchingPrecedence: 50, priorityLevelConfiguration: { name: level }, rules: [rule] }
    const { json } = await cluster.ask({
      method: 'POST',
      path: `${GROUP}/flowschemas`,
      body: { metadata: { name }, spec },
    })
    return json.metadata.uid
  }
  const secrets = '/api/v1/namespaces/default/secrets'
  await make('a-dangling', 'nowhere')
  const uid = await make('b-secrets', 'workload-low')
  assert.equal((await flowOf(secrets, 'ann-token'))[HEADER], uid)
  assert.notEqual((await flowOf('/api/v1/secrets', 'ann-token'))[HEADER], uid)
  assert.notEqual((await flowOf(`${secrets}/one`, 'ann-token'))[HEADER], uid)
  await cluster.ask({ method: 'DELETE', path: `${GROUP}/flowschemas/b-secrets` })
  assert.notEqual((await flowOf(secrets, 'ann-token'))[HEADER], uid)
})
