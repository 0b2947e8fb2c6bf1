import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { EVENTS, PODS, STATEFUL_SETS } from '../../api/resources.ts'
import { createNamespace, eventually, startCluster, type TestCluster } from '../testing/cluster.ts'

/** The labels as a user sees them, over the real server and with the set's own controller beside. */

const NAMESPACE = 'roles'
const SET = { namespace: NAMESPACE, name: 'db' }
let cluster: TestCluster

before(async () => {
  cluster = await startCluster()
  await createNamespace(cluster.client, NAMESPACE)
  const labels = { app: 'db' }
  await cluster.client.create(STATEFUL_SETS, {
    metadata: { ...SET, annotations: { 'berth.dev/primary': 'db-0' } },
    spec: {
      serviceName: 'db',
      replicas: 3,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'none' }] } },
    },
  })
})
after(() => cluster.stop())

async function rolesNow(): Promise<string> {
  const { items } = await cluster.client.list(PODS, { namespace: NAMESPACE })
  return items
    .map(({ metadata }) => `${metadata.name}=${metadata.labels?.['berth.dev/role']}`)
    .sort()
    .join(' ')
}
const become = (roles: string) => eventually(roles, async () => (await rolesNow()) === roles)
const annotate = (primary: string) =>
  cluster.client.patch(STATEFUL_SETS, SET, {
    type: 'merge',
    body: { metadata: { annotations: { 'berth.dev/primary': primary } } },
  })

test('each pod gets its role, also a new one, and gets it back when somebody takes it', async () => {
  const { client } = cluster
  await become('db-0=primary db-1=replica db-2=replica')
  const place = { namespace: NAMESPACE, name: 'db-1' }
  const first = await client.get(PODS, place)
  await client.patch(PODS, place, { type: 'merge', body: { metadata: { labels: { 'berth.dev/role': 'primary' } } } })
  await client.patch(
    PODS,
    { ...place, name: 'db-0' },
    {
      type: 'merge',
      body: { metadata: { labels: { 'berth.dev/role': null } } },
    },
  )
  await become('db-0=primary db-1=replica db-2=replica')
  await client.delete(PODS, place, { uid: first.metadata.uid })
  await eventually('another pod', async () => (await client.get(PODS, place)).metadata.uid !== first.metadata.uid)
  await become('db-0=primary db-1=replica db-2=replica')
})

test('roles follow the annotation; a value that means nobody is told and changes nothing', async () => {
  const { client } = cluster
  await annotate('2')
  await become('db-0=replica db-1=replica db-2=primary')
  await annotate('db-9')
  const told = await eventually('a warning', async () => {
    const { items } = await client.list(EVENTS, { namespace: NAMESPACE })
    return items.find(({ reason }) => reason === 'InvalidPrimary')
  })
  assert.equal(told.type, 'Warning')
  assert.equal(await rolesNow(), 'db-0=replica db-1=replica db-2=primary')
})
