import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../api/error.ts'
import { CLAIMS, CONTROLLER_REVISIONS, EVENTS, PODS, STATEFUL_SETS } from '../../api/resources.ts'
import type { StatefulSet } from '../../api/types.ts'
import { silentLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { VirtualClock } from '../../base/virtual_clock.ts'
import { createFakeTransport } from '../../client/fake_transport.ts'
import { createInformers } from '../../client/informers.ts'
import { createClient } from '../../client/typed_client.ts'
import { createEventRecorder } from '../runtime/event_recorder.ts'
import { runController } from '../runtime/run_controller.ts'
import { createStatefulSetController } from './stateful_set_controller.ts'

const NAMESPACE = 'one'

function setUp() {
  const clock = new VirtualClock()
  const transport = createFakeTransport(clock)
  const client = createClient(transport)
  const informers = createInformers({ client, clock, log: silentLog })
  const random = seededRandom(1)
  const events = createEventRecorder({ client, clock, random, log: silentLog, component: 'statefulset-controller' })
  const deps = { client, informers, clock, random, log: silentLog, events }
  const running = runController(createStatefulSetController(deps, { featureGates: new Map() }), deps)
  const podNames = async () => (await client.list(PODS)).items.map(({ metadata }) => metadata.name).sort()
  const makeReady = (name: string) => {
    const body = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }
    return client.patch(PODS, { namespace: NAMESPACE, name }, { type: 'merge', body })
  }
  return { clock, transport, client, running, podNames, makeReady }
}

function createSet({ client }: ReturnType<typeof setUp>, spec: Partial<StatefulSet['spec']>) {
  const selector = { matchLabels: { app: 'web' } }
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app:1' }] } }
  const metadata = { name: 'web', namespace: NAMESPACE }
  return client.create(STATEFUL_SETS, { metadata, spec: { serviceName: 'web', selector, template, ...spec } })
}

test('a set gets its revision, its claim, its pod and its status, and says so in events', async () => {
  const cluster = setUp()
  const set = await createSet(cluster, {
    replicas: 1,
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
  })
  await cluster.clock.advance(100)
  const pod = await cluster.client.get(PODS, { namespace: NAMESPACE, name: 'web-0' })
  const [revision] = (await cluster.client.list(CONTROLLER_REVISIONS)).items
  assert.equal(pod.metadata.labels?.['controller-revision-hash'], revision?.metadata.name)
  assert.equal(pod.metadata.ownerReferences?.[0]?.uid, set.metadata.uid)
  assert.deepEqual(pod.spec.volumes, [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } }])
  assert.equal((await cluster.client.list(CLAIMS)).items[0]?.metadata.name, 'data-web-0')
  assert.deepEqual(
    (await cluster.client.list(EVENTS)).items.map(({ message }) => message),
    ['Create Claim data-web-0 Pod web-0 in StatefulSet web success', 'Create Pod web-0 in StatefulSet web successful'],
  )
  const { status } = await cluster.client.get(STATEFUL_SETS, { namespace: NAMESPACE, name: 'web' })
  assert.equal(status?.updateRevision, revision?.metadata.name)
})

test('once all is well, nothing is written any more', async () => {
  const cluster = setUp()
  await createSet(cluster, { replicas: 2 })
  await cluster.clock.advance(100)
  await cluster.makeReady('web-0')
  await cluster.clock.advance(100)
  await cluster.makeReady('web-1')
  await cluster.clock.advance(100)
  const writes = cluster.transport.requests.length
  await cluster.client.patch(
    STATEFUL_SETS,
    { namespace: NAMESPACE, name: 'web' },
    { type: 'merge', body: { metadata: { annotations: { touched: 'yes' } } } },
  )
  await cluster.clock.advance(100)
  assert.equal(cluster.transport.requests.length, writes + 1)
  assert.equal(cluster.running.idle(), true)
})

test('a denied pod is tried again, and the status is written all the same', async () => {
  const cluster = setUp()
  const denied = new ApiError({ code: 403, reason: 'Forbidden', message: 'pods "web-0" is forbidden: quota' })
  cluster.transport.failNext(({ resource, verb }) => resource === 'pods' && verb === 'create', denied)
  await createSet(cluster, { replicas: 1 })
  await cluster.clock.advance(1)
  const { status } = await cluster.client.get(STATEFUL_SETS, { namespace: NAMESPACE, name: 'web' })
  assert.equal(status?.observedGeneration, 1)
  await cluster.clock.advance(100)
  assert.deepEqual(await cluster.podNames(), ['web-0'])
  const [event] = (await cluster.client.list(EVENTS)).items
  assert.equal(event?.message, 'Create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: quota')
})

test('matching orphans are adopted, members that no longer match are released', async () => {
  const cluster = setUp()
  const orphan = { metadata: { name: 'web-0', namespace: NAMESPACE, labels: { app: 'web' } }, spec: { containers: [] } }
  await cluster.client.create(PODS, orphan)
  const set = await createSet(cluster, { replicas: 1, updateStrategy: { type: 'OnDelete' } })
  await cluster.clock.advance(100)
  const ref = { namespace: NAMESPACE, name: 'web-0' }
  const adopted = await cluster.client.get(PODS, ref)
  assert.equal(adopted.metadata.ownerReferences?.[0]?.uid, set.metadata.uid)
  await cluster.client.patch(PODS, ref, { type: 'merge', body: { metadata: { labels: { app: 'other' } } } })
  await cluster.clock.advance(20)
  assert.deepEqual((await cluster.client.get(PODS, ref)).metadata.ownerReferences, [])
})

test('a parallel set of 1,000 is made in a few decisions', async () => {
  const cluster = setUp()
  await createSet(cluster, { replicas: 1000, podManagementPolicy: 'Parallel' })
  await cluster.clock.advance(100)
  assert.equal((await cluster.podNames()).length, 1000)
  const statusWrites = cluster.transport.requests.filter(({ subresource }) => subresource === 'status').length
  assert.ok(statusWrites <= 4, `${statusWrites} status writes`)
})
