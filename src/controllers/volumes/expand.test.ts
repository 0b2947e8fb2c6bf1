import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CLAIMS, EVENTS, STORAGE_CLASSES, VOLUMES } from '../../api/resources.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts'
import { createNamespace, eventually, startCluster, type TestCluster } from '../testing/cluster.ts'
import { decideExpansion } from './expand_decide.ts'

const NAMESPACE = 'growing'
let cluster: TestCluster

before(async () => {
  cluster = await startCluster()
  const { client } = cluster
  await createNamespace(client, NAMESPACE)
  for (const [name, allowVolumeExpansion] of [
    ['elastic', true],
    ['rigid', false],
  ] as const) {
    await client.create(STORAGE_CLASSES, {
      metadata: { name },
      provisioner: 'berth.dev/local',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
      allowVolumeExpansion,
    })
  }
})
after(() => cluster.stop())

async function boundClaim(name: string, storageClassName: string): Promise<PersistentVolumeClaim> {
  const { client } = cluster
  await client.create(CLAIMS, {
    metadata: { namespace: NAMESPACE, name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
  })
  return eventually('a bound claim', async () => {
    const claim = await client.get(CLAIMS, { namespace: NAMESPACE, name })
    return claim.status?.phase === 'Bound' && claim
  })
}

const ask = (name: string, storage: string) =>
  cluster.client.patch(
    CLAIMS,
    { namespace: NAMESPACE, name },
    { type: 'merge', body: { spec: { resources: { requests: { storage } } } } },
  )

async function reasonsOf(name: string): Promise<(string | undefined)[]> {
  const { items } = await cluster.client.list(EVENTS, { namespace: NAMESPACE })
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason)
}

test('a claim grows with its volume, says so, and keeps nothing of the way there', async () => {
  const { client } = cluster
  const { spec } = await boundClaim('data', 'elastic')
  await ask('data', '3Gi')
  const grown = await eventually('the capacity', async () => {
    const claim = await client.get(CLAIMS, { namespace: NAMESPACE, name: 'data' })
    return claim.status?.capacity?.['storage'] === '3Gi' && claim
  })
  assert.deepEqual(grown.status?.conditions ?? [], [])
  assert.deepEqual(grown.status?.allocatedResources, { storage: '3Gi' })
  assert.equal(grown.status?.allocatedResourceStatuses, undefined)
  const volume = await client.get(VOLUMES, { namespace: '', name: spec.volumeName ?? '' })
  assert.equal(volume.spec.capacity?.['storage'], '3Gi')
  const reasons = await eventually('the events', async () => {
    const found = await reasonsOf('data')
    return found.includes('VolumeResizeSuccessful') && found
  })
  assert.deepEqual(
    reasons.filter((reason) => reason === 'Resizing'),
    ['Resizing'],
  )
})

test('nothing shrinks, and a class that does not allow it lets nothing grow', async () => {
  await boundClaim('small', 'elastic')
  await assert.rejects(ask('small', '512Mi'), /field can not be less than status\.capacity/)
  await boundClaim('fixed', 'rigid')
  await assert.rejects(ask('fixed', '2Gi'), /the storageclass that provisions the pvc must support resize/)
})

test('a volume that somebody else made is left to them', () => {
  const claimRef = { namespace: 'n', name: 'data', uid: 'u' }
  const metadata = { name: 'data', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
  const claim = {
    metadata: { ...metadata, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName: 'a', resources: { requests: { storage: '2Gi' } } },
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
  } as unknown as PersistentVolumeClaim
  const volume = { metadata: { ...metadata, name: 'a' }, spec: { claimRef } } as unknown as PersistentVolume
  assert.equal(decideExpansion({ claim, volume }).action, 'leaveToOthers')
  assert.equal(decideExpansion({ claim, volume: undefined }).action, 'none')
  const provisioned = { ...metadata, annotations: { 'pv.kubernetes.io/provisioned-by': 'berth.dev/local' } }
  assert.equal(decideExpansion({ claim, volume: { ...volume, metadata: provisioned } }).action, 'expand')
  const taken = { ...volume, spec: { claimRef: { ...claimRef, uid: 'another' } } }
  assert.equal(decideExpansion({ claim, volume: taken }).action, 'none')
})
