import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { StatsSummary } from '../../api/stats_summary.ts'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const GROUP = '/apis/metrics.k8s.io/v1beta1'
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }

let server: TestServer
let uid = ''
let looks = 0

/** One look a second: half a core for the node, a quarter for the pod. */
async function summary(nodeName: string): Promise<StatsSummary> {
  looks++
  const time = new Date(1_800_000_000_000 + looks * 1000).toISOString()
  const use = (cores: number) => ({
    cpu: { time, usageCoreNanoSeconds: looks * cores * 1e9 },
    memory: { time, usageBytes: 3 << 20, workingSetBytes: 2 << 20 },
  })
  const container = { name: 'web', startTime: '2026-11-21T00:00:00Z', ...use(0.25) }
  const podRef = { namespace: 'default', name: 'a', uid }
  return { node: { nodeName, ...use(0.5) }, pods: [{ podRef, containers: [container] }] }
}

before(async () => {
  server = await startTestServer({ nodeStats: { summary } })
  const ask = (method: string, path: string, body: object) =>
    server.ask({ method, path, body, headers: { 'content-type': 'application/merge-patch+json' } })
  const create = (path: string, body: object) => server.ask({ method: 'POST', path, body })
  await create('/api/v1/nodes', { metadata: { name: 'one' } })
  await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  const spec = { containers: [{ name: 'web', image: 'web:1' }] }
  const made = await create('/api/v1/namespaces/default/pods', {
    metadata: { name: 'a', labels: { app: 'web' } },
    spec,
  })
  uid = made.json.metadata.uid
  await ask('PATCH', '/api/v1/namespaces/default/pods/a/status', { status: { phase: 'Running' } })
})
after(() => server.stop())

const get = (path: string, more: object = {}) => server.ask({ path: `${GROUP}${path}`, ...more })

test('nodes and pods, one and all, by label and by field', async () => {
  const nodes = await get('/nodes')
  assert.deepEqual([nodes.json.kind, nodes.json.items[0].usage], ['NodeMetricsList', { cpu: '500m', memory: '2Mi' }])
  const pod = await get('/namespaces/default/pods/a')
  assert.equal(pod.json.kind, 'PodMetrics')
  assert.deepEqual(pod.json.containers, [{ name: 'web', usage: { cpu: '250m', memory: '2Mi' } }])
  assert.equal(pod.json.window, '1s')
  const names = async (query: string) =>
    (await get(`/pods${query}`)).json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
  assert.deepEqual(await names('?labelSelector=app%3Dweb'), ['a'])
  assert.deepEqual(await names('?labelSelector=app%3Ddb'), [])
  assert.deepEqual(await names('?fieldSelector=metadata.name%3Da'), ['a'])
  assert.deepEqual(await names('?fieldSelector=metadata.name%3Db'), [])
})

test('as a Table', async () => {
  const { json } = await get('/namespaces/default/pods', { headers: TABLE })
  assert.deepEqual(
    json.columnDefinitions.map(({ name }: { name: string }) => name),
    ['Name', 'cpu', 'memory', 'Window'],
  )
  assert.deepEqual(json.rows[0].cells, ['a', '250m', '2Mi', '1s'])
})

test('what is not there, what is not served, and who may not', async () => {
  const missing = await get('/namespaces/default/pods/b')
  assert.equal(missing.json.message, 'pods.metrics.k8s.io "default/b" not found')
  assert.equal((await get('/pods?watch=true')).status, 405)
  assert.equal((await get('/services')).status, 404)
  const ann = await get('/nodes', { token: 'ann-token' })
  assert.equal(ann.status, 403)
  assert.match(ann.json.message, /cannot list resource "nodes" in API group "metrics\.k8s\.io" at the cluster scope/)
})

test('discovery shows the group only where somebody measures', async () => {
  const groups = async (of: TestServer) =>
    (await of.ask({ path: '/apis' })).json.groups.map(({ name }: { name: string }) => name)
  assert.ok((await groups(server)).includes('metrics.k8s.io'))
  const { json } = await get('')
  assert.deepEqual(
    json.resources.map(({ name, kind, verbs }: Record<string, unknown>) => [name, kind, verbs]),
    [
      ['nodes', 'NodeMetrics', ['get', 'list']],
      ['pods', 'PodMetrics', ['get', 'list']],
    ],
  )
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const aggregated = await server.ask({ path: '/apis', headers: { accept } })
  assert.ok(aggregated.text.includes('"metrics.k8s.io"'))
  const bare = await startTestServer()
  try {
    assert.ok(!(await groups(bare)).includes('metrics.k8s.io'))
    assert.ok(!(await bare.ask({ path: '/apis', headers: { accept } })).text.includes('"metrics.k8s.io"'))
    assert.equal((await bare.ask({ path: `${GROUP}/nodes` })).text, '404 page not found\n')
  } finally {
    await bare.stop()
  }
})
