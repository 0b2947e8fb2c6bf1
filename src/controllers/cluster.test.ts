import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CLAIMS,
  CONFIG_MAPS,
  DISRUPTION_BUDGETS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  EVENTS,
  NAMESPACES,
  NODES,
  PODS,
  SERVICE_ACCOUNTS,
  SERVICES,
  STATEFUL_SETS,
  VOLUMES,
} from '../api/resources.ts'
import type { Node, OwnerReference, Pod, Service, StatefulSet } from '../api/types.ts'
import { createNamespace, eventually, startCluster, type TestCluster } from './testing/cluster.ts'
import { createDefaultStorageClass } from './volumes/default_class.ts'

/** The controllers and the scheduler over the real server, as a user sees them. */

let cluster: TestCluster

before(async () => {
  cluster = await startCluster()
  await createDefaultStorageClass(cluster.client)
  await makeNode('node-0')
})
after(() => cluster.stop())

async function makeNode(name: string): Promise<void> {
  const { client } = cluster
  const labels = { 'kubernetes.io/hostname': name }
  const node = await client.create(NODES, { metadata: { name, labels }, spec: {} })
  const ready = { type: 'Ready', status: 'True', reason: 'Fine', message: '' }
  const amounts = { cpu: '4', memory: '8Gi', pods: '110' }
  await client.updateStatus(NODES, {
    ...node,
    status: { allocatable: amounts, capacity: amounts, conditions: [ready] },
  } as Node)
  const { spec: _taints, ...rest } = await client.get(NODES, { namespace: '', name })
  await client.update(NODES, { ...rest, spec: {} } as Node)
}

async function setReady(namespace: string, name: string, ready: boolean): Promise<void> {
  const condition = { type: 'Ready', status: ready ? 'True' : 'False' }
  const body = {
    status: { phase: 'Running', podIP: '10.20.0.7', podIPs: [{ ip: '10.20.0.7' }], conditions: [condition] },
  }
  await cluster.client.patch(PODS, { namespace, name }, { type: 'strategic', body, subresource: 'status' })
}

const gone = (work: Promise<unknown>) => work.then(() => false).catch(() => true)

test('a new namespace is furnished, and a deleted one takes its contents along', async () => {
  const { client } = cluster
  await createNamespace(client, 'furnished')
  const account = { namespace: 'furnished', name: 'default' }
  const first = await eventually('the account', () => client.get(SERVICE_ACCOUNTS, account))
  await eventually('the certificates', () =>
    client.get(CONFIG_MAPS, { namespace: 'furnished', name: 'kube-root-ca.crt' }),
  )
  await client.delete(SERVICE_ACCOUNTS, account, { uid: first.metadata.uid })
  await eventually('the account again', () => client.get(SERVICE_ACCOUNTS, account))
  await client.create(CONFIG_MAPS, {
    metadata: { namespace: 'furnished', name: 'held', finalizers: ['example.com/hold'] },
  })
  const place = { namespace: '', name: 'furnished' }
  await client.delete(NAMESPACES, place)
  const told = await eventually('conditions', async () => {
    const { status } = await client.get(NAMESPACES, place)
    return status?.conditions?.find((condition) => condition.type === 'NamespaceContentRemaining')
  })
  assert.equal(told.message, 'Some resources are remaining: configmaps. has 1 resource instances')
  await client.patch(
    CONFIG_MAPS,
    { namespace: 'furnished', name: 'held' },
    { type: 'merge', body: { metadata: { finalizers: null } } },
  )
  await eventually('the end of the namespace', () => gone(client.get(NAMESPACES, place)))
})

test('dependents follow their owner in the background, before it in the foreground, and stay when orphaned', async () => {
  const { client } = cluster
  await createNamespace(client, 'family')
  const make = async (name: string, owner?: OwnerReference, finalizers: string[] = []) =>
    client.create(CONFIG_MAPS, {
      metadata: { namespace: 'family', name, finalizers, ...(owner ? { ownerReferences: [owner] } : {}) },
    })
  const refer = (name: string, uid: string): OwnerReference => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid,
    blockOwnerDeletion: true,
  })
  for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
    const top = await make(`top-${propagationPolicy.toLowerCase()}`)
    const owner = refer(top.metadata.name, top.metadata.uid)
    const kid = await make(
      `kid-${propagationPolicy.toLowerCase()}`,
      owner,
      propagationPolicy === 'Foreground' ? ['example.com/hold'] : [],
    )
    const at = ({ metadata }: typeof top) => ({ namespace: 'family', name: metadata.name })
    await client.delete(CONFIG_MAPS, at(top), { propagationPolicy })
    if (propagationPolicy === 'Foreground') {
      await eventually(
        'the ending kid',
        async () => (await client.get(CONFIG_MAPS, at(kid))).metadata.deletionTimestamp,
      )
      await client.get(CONFIG_MAPS, at(top))
      await client.patch(CONFIG_MAPS, at(kid), { type: 'merge', body: { metadata: { finalizers: null } } })
    }
    await eventually(`the end of the owner, ${propagationPolicy}`, () => gone(client.get(CONFIG_MAPS, at(top))))
    if (propagationPolicy === 'Orphan')
      assert.equal((await client.get(CONFIG_MAPS, at(kid))).metadata.ownerReferences, undefined)
    else await eventually('the end of the kid', () => gone(client.get(CONFIG_MAPS, at(kid))))
  }
  await make('ghost', refer('never', '11111111-2222-3333-4444-555555555555'))
  await eventually('the end of a child of nobody', () =>
    gone(client.get(CONFIG_MAPS, { namespace: 'family', name: 'ghost' })),
  )
})

test('owners in a circle that wait for each other all go', async () => {
  const { client } = cluster
  await createNamespace(client, 'circle')
  const at = (name: string) => ({ namespace: 'circle', name })
  const made = await Promise.all(['a', 'b', 'c'].map((name) => client.create(CONFIG_MAPS, { metadata: at(name) })))
  for (const [index, { metadata }] of made.entries()) {
    const owner = made.at(index - 1)?.metadata
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner, blockOwnerDeletion: true }].map(
      ({ apiVersion, kind, name, uid, blockOwnerDeletion }) => ({ apiVersion, kind, name, uid, blockOwnerDeletion }),
    )
    await client.patch(CONFIG_MAPS, at(metadata.name), { type: 'merge', body: { metadata: { ownerReferences } } })
  }
  await client.delete(CONFIG_MAPS, at('a'), { propagationPolicy: 'Foreground' })
  for (const name of ['a', 'b', 'c'])
    await eventually(`the end of ${name}`, () => gone(client.get(CONFIG_MAPS, at(name))))
})

test('a set gets claims, volumes, a node and endpoints, and leaves nothing when all is deleted', async () => {
  const { client } = cluster
  const namespace = 'stateful'
  await createNamespace(client, namespace)
  await eventually('the account', () => client.get(SERVICE_ACCOUNTS, { namespace, name: 'default' }))
  const labels = { app: 'web' }
  await client.create(SERVICES, {
    metadata: { namespace, name: 'web' },
    spec: { clusterIP: 'None', selector: labels, ports: [{ port: 80 }] },
  } as unknown as Service)
  const container = {
    name: 'app',
    image: 'registry.example/app:1',
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  }
  const template = { metadata: { labels }, spec: { containers: [container] } }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  const spec = {
    replicas: 1,
    serviceName: 'web',
    selector: { matchLabels: labels },
    template,
    volumeClaimTemplates: [claim],
  }
  await client.create(STATEFUL_SETS, { metadata: { namespace, name: 'web' }, spec } as unknown as StatefulSet)

  const pod = { namespace, name: 'web-0' }
  await eventually('a node for the pod', async () => (await client.get(PODS, pod)).spec.nodeName === 'node-0')
  const bound = await client.get(CLAIMS, { namespace, name: 'data-web-0' })
  assert.equal(bound.status?.phase, 'Bound')
  const volume = await client.get(VOLUMES, { namespace: '', name: bound.spec.volumeName ?? '' })
  assert.equal(volume.spec.hostPath?.path, `/volumes/${volume.metadata.name}`)
  assert.equal(volume.status?.phase, 'Bound')
  assert.ok(cluster.directories.has(volume.metadata.name))

  await setReady(namespace, 'web-0', true)
  await eventually('a ready endpoint', async () => {
    const { items } = await client.list(ENDPOINT_SLICES, { namespace })
    const endpoint = items[0]?.endpoints?.[0]
    return endpoint?.conditions?.ready === true && endpoint.hostname === 'web-0'
  })
  await eventually(
    'Endpoints',
    async () => (await client.get(ENDPOINTS, { namespace, name: 'web' })).subsets?.[0]?.addresses,
  )
  const budget = { minAvailable: 1, selector: { matchLabels: labels } }
  await client.create(DISRUPTION_BUDGETS, { metadata: { namespace, name: 'b' }, spec: budget } as never)
  const healthy = async () => (await client.get(DISRUPTION_BUDGETS, { namespace, name: 'b' })).status?.currentHealthy
  await eventually('a healthy budget', async () => (await healthy()) === 1)
  const { items: events } = await client.list(EVENTS, { namespace })
  const messages = events.map(({ reason, message }) => `${reason}: ${message}`)
  assert.ok(messages.includes(`ProvisioningSucceeded: Successfully provisioned volume ${volume.metadata.name}`))
  assert.ok(messages.includes('Scheduled: Successfully assigned stateful/web-0 to node-0'))
  assert.ok(!messages.some((message) => message.startsWith('FailedScheduling')))

  await client.delete(CLAIMS, { namespace, name: 'data-web-0' })
  assert.ok(
    (await client.get(CLAIMS, { namespace, name: 'data-web-0' })).metadata.deletionTimestamp,
    'a claim in use stays',
  )
  await client.delete(STATEFUL_SETS, { namespace, name: 'web' }, { propagationPolicy: 'Background' })
  await eventually('the ending pod', async () => (await client.get(PODS, pod)).metadata.deletionTimestamp)
  await client.delete(PODS, pod, { gracePeriodSeconds: 0 })
  await eventually('the end of the claim', () => gone(client.get(CLAIMS, { namespace, name: 'data-web-0' })))
  await eventually('the end of the volume', () =>
    gone(client.get(VOLUMES, { namespace: '', name: volume.metadata.name })),
  )
  assert.ok(!cluster.directories.has(volume.metadata.name), 'the directory went before its object')
  await eventually('an empty slice', async () =>
    (await client.list(ENDPOINT_SLICES, { namespace })).items.every(({ endpoints }) => (endpoints ?? []).length === 0),
  )
})

test('a pod that fits nowhere is told why, and gets its node when one comes', async () => {
  const { client } = cluster
  const namespace = 'waiting'
  await createNamespace(client, namespace)
  await eventually('the account', () => client.get(SERVICE_ACCOUNTS, { namespace, name: 'default' }))
  const spec = { nodeSelector: { 'kubernetes.io/hostname': 'node-late' }, containers: [{ name: 'c', image: 'i' }] }
  await client.create(PODS, { metadata: { namespace, name: 'p' }, spec } as unknown as Pod)
  const condition = await eventually('a reason', async () =>
    (await client.get(PODS, { namespace, name: 'p' })).status?.conditions?.find(({ type }) => type === 'PodScheduled'),
  )
  assert.equal(
    condition.message,
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
  )
  await makeNode('node-late')
  await eventually(
    'the late node',
    async () => (await client.get(PODS, { namespace, name: 'p' })).spec.nodeName === 'node-late',
  )
})
