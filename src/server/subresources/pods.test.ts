import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const NAMESPACE = '/api/v1/namespaces/default'
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const MERGE = { 'content-type': 'application/merge-patch+json' }

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
  await post(`${NAMESPACE}/serviceaccounts`, { metadata: { name: 'default' } })
})
after(() => cluster.stop())

const post = (path: string, body: object) => cluster.ask({ method: 'POST', path, body })
const patch = (path: string, body: object) => cluster.ask({ method: 'PATCH', path, body, headers: MERGE })
const get = async (path: string) => (await cluster.ask({ path })).json

async function makePod(name: string, spec: object = {}, status?: object, metadata: object = {}) {
  const containers = [{ name: 'c', image: 'i' }]
  const { status: code, json } = await post(`${NAMESPACE}/pods`, {
    metadata: { name, finalizers: ['example.com/stay'], ...metadata },
    spec: { containers, ...spec },
  })
  assert.equal(code, 201, json.message)
  if (status !== undefined) await patch(`${NAMESPACE}/pods/${name}/status`, { status })
}

const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }

async function makeBudget(name: string, status: object): Promise<void> {
  const labels = { app: name }
  await makePod(name, {}, READY, { labels })
  await post(BUDGETS, { metadata: { name }, spec: { minAvailable: 1, selector: { matchLabels: labels } } })
  await patch(`${BUDGETS}/${name}/status`, { status: { observedGeneration: 1, ...status } })
}

const evict = (name: string, more: object = {}, query = '') =>
  post(`${NAMESPACE}/pods/${name}/eviction${query}`, { metadata: { name }, ...more })

test('an evicted pod tells why it goes, and its budget has one disruption less', async () => {
  await makeBudget('spent', { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 })
  assert.equal((await evict('spent')).status, 201)
  const { metadata, status } = await get(`${NAMESPACE}/pods/spent`)
  assert.ok(metadata.deletionTimestamp)
  assert.equal(status.conditions.at(-1).type, 'DisruptionTarget')
  assert.equal(status.conditions.at(-1).reason, 'EvictionByEvictionAPI')
  const budget = await get(`${BUDGETS}/spent`)
  assert.equal(budget.status.disruptionsAllowed, 0)
  assert.equal(budget.status.conditions[0].reason, 'InsufficientPods')
  assert.ok(budget.status.disruptedPods.spent)
  const writer = budget.metadata.managedFields.find((entry: { manager: string }) => entry.manager === 'kube-apiserver')
  assert.equal(writer.subresource, 'status')
})

test('a dry run takes nothing from the budget and leaves the pod as it is', async () => {
  await makeBudget('dry', { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 })
  const before = await get(`${NAMESPACE}/pods/dry`)
  assert.equal((await evict('dry', {}, '?dryRun=All')).status, 201)
  assert.deepEqual(await get(`${NAMESPACE}/pods/dry`), before)
  assert.equal((await get(`${BUDGETS}/dry`)).status.disruptionsAllowed, 1)
})

test('a refusal says what the budget needs, or why it is not known', async () => {
  const cause = async (name: string) => (await evict(name)).json.details.causes[0].message
  await makeBudget('few', { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 })
  assert.equal(await cause('few'), 'The disruption budget few needs 2 healthy pods and has 1 currently')
  await makeBudget('more', { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 1 })
  assert.equal(await cause('more'), 'The disruption budget more does not allow evicting pods currently')
  await makeBudget('old', { observedGeneration: 0, disruptionsAllowed: 1 })
  const { status, headers, json } = await evict('old')
  assert.equal(status, 429)
  assert.equal(headers['retry-after'], '10')
  assert.match(json.details.causes[0].message, /still being processed/)
})

test('a pod that is not ready goes past its budget only while that is kept', async () => {
  await makeBudget('unready', { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1 })
  await patch(`${NAMESPACE}/pods/unready/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } })
  assert.equal((await evict('unready')).status, 429)
  await patch(`${BUDGETS}/unready`, { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } })
  assert.equal((await evict('unready')).status, 201)
})

test('an eviction without a name, of another one, or with two meanings of dry run is refused', async () => {
  await makePod('plain')
  const path = `${NAMESPACE}/pods/plain/eviction`
  assert.equal((await post(path, {})).json.message, 'name in URL does not match name in Eviction object')
  const mixed = await evict('plain', { deleteOptions: { dryRun: ['None'] } }, '?dryRun=All')
  assert.equal(mixed.json.message, 'Non-matching dry-run options in request and content: [All] and [None]')
  const other = await evict('plain', { deleteOptions: { preconditions: { resourceVersion: '1' } } })
  assert.equal(other.status, 409)
  assert.equal((await get(`${NAMESPACE}/pods/plain`)).status.conditions, undefined)
})

const bind = (name: string, metadata: object = {}) =>
  post(`${NAMESPACE}/pods/${name}/binding`, { metadata: { name, ...metadata }, target: { name: 'n1' } })

test('a binding brings labels and annotations, and takes the nomination away', async () => {
  await makePod('bound', {}, { nominatedNodeName: 'n0' })
  assert.equal((await bind('bound', { labels: { zone: 'a' }, annotations: { by: 'me' } })).status, 201)
  const { metadata, spec, status } = await get(`${NAMESPACE}/pods/bound`)
  assert.equal(spec.nodeName, 'n1')
  assert.deepEqual([metadata.labels, metadata.annotations], [{ zone: 'a' }, { by: 'me' }])
  assert.equal(status.nominatedNodeName, undefined)
  assert.match((await bind('bound')).json.message, /^Operation .* pod bound is already assigned to node "n1"$/)
})

test('a binding of another state of the pod is refused in the words of the storage', async () => {
  await makePod('seen')
  const { status, json } = await bind('seen', { resourceVersion: '1' })
  assert.equal(status, 409)
  assert.match(json.message, /^Operation cannot be fulfilled on pods "seen": StorageError: .* Precondition failed/)
})

test('a resize changes CPU and memory, and nothing else', async () => {
  const resources = { requests: { cpu: '1', memory: '1Gi' } }
  await makePod('resized', { containers: [{ name: 'c', image: 'i', resources }] })
  const resize = (container: object) =>
    cluster.ask({
      method: 'PATCH',
      path: `${NAMESPACE}/pods/resized/resize`,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: { spec: { containers: [{ name: 'c', ...container }] } },
    })
  const { json } = await resize({ image: 'other', resources: { requests: { cpu: '2' } } })
  assert.equal(json.spec.containers[0].image, 'i')
  assert.equal(json.spec.containers[0].resources.requests.cpu, '2')
  const removed = await resize({ resources: { requests: { cpu: null } } })
  assert.match(
    removed.json.message,
    /spec.containers\[0\].resources.requests: Forbidden: resource requests cannot be removed/,
  )
  const other = await resize({ resources: { requests: { 'ephemeral-storage': '1' } } })
  assert.match(other.json.message, /spec: Forbidden: only cpu and memory resources are mutable/)
})

test('a bound pod grows only as far as its node has room', async () => {
  await post('/api/v1/nodes', { metadata: { name: 'small' } })
  await patch('/api/v1/nodes/small/status', { status: { allocatable: { cpu: '2', memory: '4Gi' } } })
  const resources = { requests: { cpu: '1', memory: '1Gi' } }
  await makePod('wide', { nodeName: 'small', containers: [{ name: 'c', image: 'i', resources }] })
  const resize = (cpu: string) =>
    cluster.ask({
      method: 'PATCH',
      path: `${NAMESPACE}/pods/wide/resize`,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: { spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] } },
    })
  const { status, json } = await resize('3')
  assert.equal(status, 403)
  assert.match(json.message, /allocatable resources: cpu, requested: 3000, allocatable: 2000$/)
  assert.deepEqual(json.details.causes, [{ reason: 'NodeCapacity' }])
  assert.equal((await resize('2')).status, 200)
})
