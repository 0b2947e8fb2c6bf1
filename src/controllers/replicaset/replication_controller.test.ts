import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { EVENTS, PODS, SERVICE_ACCOUNTS } from '../../api/resources.ts'
import { eventually, startCluster, type TestCluster } from '../testing/cluster.ts'
import { REPLICATION_CONTROLLER } from './replica_kind.ts'

let cluster: TestCluster
before(async () => {
  cluster = await startCluster()
  await eventually('the service account', () =>
    cluster.client.get(SERVICE_ACCOUNTS, { namespace: 'default', name: 'default' }),
  )
})
after(() => cluster.stop())

const { resource } = REPLICATION_CONTROLLER
const ref = { namespace: 'default', name: 'web' }
const pods = async () => (await cluster.client.list(PODS, { namespace: 'default', labelSelector: 'app=web' })).items

test('a ReplicationController keeps its number of pods, adopts those that match, and says so', async () => {
  const { client } = cluster
  const spec = { containers: [{ name: 'web', image: 'web:1' }] }
  const labels = { app: 'web' }
  await client.create(PODS, { metadata: { namespace: 'default', name: 'orphan', labels }, spec })
  await client.create(resource, {
    metadata: { namespace: 'default', name: 'web' },
    spec: { replicas: 3, template: { metadata: { labels }, spec } },
  })
  const three = await eventually('three pods', async () => {
    const all = await pods()
    return all.length === 3 && all.every(({ metadata }) => metadata.ownerReferences !== undefined) && all
  })
  assert.ok(three.some(({ metadata }) => metadata.name === 'orphan'))
  const [owner] = three[0]?.metadata.ownerReferences ?? []
  assert.deepEqual([owner?.apiVersion, owner?.kind, owner?.name], ['v1', 'ReplicationController', 'web'])
  await eventually('the status', async () => {
    const { status } = await client.get(resource, ref)
    return status?.replicas === 3 && status.fullyLabeledReplicas === 3
  })
  assert.ok(!('terminatingReplicas' in ((await client.get(resource, ref)).status ?? {})))
  await client.patch(resource, ref, { type: 'merge', body: { spec: { replicas: 1 } }, subresource: 'scale' })
  await eventually('one pod', async () => (await pods()).length === 1)
  const events = await eventually('the events', async () => {
    const { items } = await client.list(EVENTS, { namespace: 'default' })
    const own = items.filter(({ involvedObject }) => involvedObject.kind === 'ReplicationController')
    return own.length >= 4 && own
  })
  assert.deepEqual(new Set(events.map(({ reason }) => reason)), new Set(['SuccessfulCreate', 'SuccessfulDelete']))
  assert.deepEqual(new Set(events.map(({ source }) => source?.component)), new Set(['replication-controller']))
})

test('its pods outlive it unless the client says otherwise', async () => {
  await cluster.client.delete(resource, ref)
  await eventually('the controller is gone', async () => {
    const { items } = await cluster.client.list(resource, { namespace: 'default' })
    return items.length === 0
  })
  const [left] = await pods()
  assert.ok(left !== undefined)
  assert.equal(left.metadata.ownerReferences, undefined)
})
