import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts'
import { type ClaimView, decideClaim } from './claim_decide.ts'
import { decideProtection } from './protection.ts'
import { decideVolume } from './volume_decide.ts'

const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: 'n',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '',
  ...more,
})

function claim(spec: Partial<PersistentVolumeClaim['spec']> = {}, more: object = {}): PersistentVolumeClaim {
  const base = { accessModes: ['ReadWriteOnce'], storageClassName: 'c', resources: { requests: { storage: '2Gi' } } }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata('data', more),
    spec: { ...base, ...spec },
  }
}

function volume(
  name: string,
  spec: Partial<PersistentVolume['spec']> = {},
  phase = 'Available',
  more: object = {},
): PersistentVolume {
  const base = { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'c' }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: metadata(name, more),
    spec: { ...base, ...spec },
    status: { phase },
  }
}

const storageClass = (provisioner: string, mode = 'Immediate', annotations = {}): StorageClass => ({
  apiVersion: 'v1',
  kind: 'StorageClass',
  metadata: metadata('c', { annotations }),
  provisioner,
  volumeBindingMode: mode,
})

const completed = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
const of = (more: Partial<ClaimView>): ClaimView => ({
  claim: claim(),
  volume: undefined,
  candidates: [],
  storageClass: undefined,
  defaultClass: undefined,
  standIn: { allowed: false, hasDriver: false },
  ...more,
})
const bound = (more: Partial<ClaimView>) => {
  const plan = decideClaim(of(more))
  return plan.action === 'bind' ? plan.volume.metadata.name : undefined
}
const told = (more: Partial<ClaimView>) => {
  const plan = decideClaim(of(more))
  return plan.action === 'wait' || plan.action === 'lose'
    ? `${plan.event?.reason}: ${plan.event?.message}`
    : plan.action
}

test('a claim takes the smallest volume that fits it in every respect', () => {
  const sized = (name: string, storage: string) => volume(name, { capacity: { storage } })
  assert.equal(bound({ candidates: [sized('a', '10Gi'), sized('b', '3Gi'), sized('c', '1Gi')] }), 'b')
  assert.equal(bound({ claim: claim({ accessModes: ['ReadWriteMany'] }), candidates: [volume('a')] }), undefined)
  const fast = volume('fast', {}, 'Available', { labels: { tier: 'fast' } })
  const picky = claim({ selector: { matchLabels: { tier: 'fast' } } })
  assert.equal(bound({ claim: picky, candidates: [volume('a'), fast] }), 'fast')
  assert.equal(bound({ candidates: [volume('a', {}, 'Released'), volume('b', { volumeMode: 'Block' })] }), undefined)
})

test('a volume reserved for the claim comes before a better one, and nobody else gets it', () => {
  const reserved = volume('a', { claimRef: { namespace: 'n', name: 'data' } })
  assert.equal(bound({ candidates: [volume('b', { capacity: { storage: '2Gi' } }), reserved] }), 'a')
  assert.equal(bound({ claim: claim({}, { name: 'other' }), candidates: [reserved] }), undefined)
})

test('a claim that names its volume gets that one or waits', () => {
  const named = claim({ volumeName: 'a' })
  assert.equal(bound({ claim: named, volume: volume('a') }), 'a')
  assert.match(
    told({ claim: named, volume: volume('a', { capacity: { storage: '1Gi' } }) }),
    /^VolumeMismatch: Cannot bind to requested volume "a": requested PV is too small$/,
  )
  assert.equal(
    bound({ claim: named, volume: volume('a', { claimRef: { namespace: 'n', name: 'other', uid: 'x' } }) }),
    undefined,
  )
})

test('what a claim without a volume is told', () => {
  assert.equal(told({}), 'ProvisioningFailed: storageclass.storage.k8s.io "c" not found')
  assert.equal(
    told({ claim: claim({ storageClassName: '' }) }),
    'FailedBinding: no persistent volumes available for this claim and no storage class is set',
  )
  const waiting = storageClass('kubernetes.io/no-provisioner', 'WaitForFirstConsumer')
  assert.equal(
    told({ storageClass: waiting, candidates: [volume('a')] }),
    'WaitForFirstConsumer: waiting for first consumer to be created before binding',
  )
  assert.match(
    told({ storageClass: storageClass('ebs.csi.aws.com') }),
    /^ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'ebs\.csi\.aws\.com' or/,
  )
})

test('the built-in provisioner serves its own classes and those that say so, once a pod has a node if they wait', () => {
  assert.equal(told({ storageClass: storageClass('berth.dev/local') }), 'provision')
  assert.equal(
    told({ storageClass: storageClass('ebs.csi.aws.com', 'Immediate', { 'berth.dev/served-by': 'local' }) }),
    'provision',
  )
  const waiting = storageClass('berth.dev/local', 'WaitForFirstConsumer')
  assert.match(told({ storageClass: waiting }), /^WaitForFirstConsumer/)
  const chosen = claim({}, { annotations: { 'volume.kubernetes.io/selected-node': 'node-0' } })
  assert.equal(told({ storageClass: waiting, claim: chosen }), 'provision')
})

test('a bound claim never gets another volume', () => {
  const lost = 'ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!'
  assert.equal(told({ claim: claim({ volumeName: 'a' }, completed), candidates: [volume('b')] }), lost)
  const taken = volume('a', { claimRef: { namespace: 'n', name: 'data', uid: 'another' } })
  assert.match(told({ claim: claim({ volumeName: 'a' }, completed), volume: taken }), /^ClaimMisbound/)
})

const claimRef = { namespace: 'n', name: 'data', uid: 'uid-data' }
const madeHere = { annotations: { 'pv.kubernetes.io/provisioned-by': 'berth.dev/local' } }

test('a volume whose claim is gone is released, and reclaimed only if it was made here and is to be deleted', () => {
  const decide = (one: PersistentVolume, theClaim?: PersistentVolumeClaim) =>
    decideVolume({ volume: one, claim: theClaim }).action
  assert.equal(decide(volume('a', { claimRef }, 'Bound')), 'release')
  assert.equal(decide(volume('a', { claimRef, persistentVolumeReclaimPolicy: 'Delete' }, 'Released')), 'none')
  assert.equal(
    decide(volume('a', { claimRef, persistentVolumeReclaimPolicy: 'Delete' }, 'Released', madeHere)),
    'reclaim',
  )
  assert.equal(decide(volume('a', { claimRef, persistentVolumeReclaimPolicy: 'Retain' }, 'Released', madeHere)), 'none')
  assert.equal(decide(volume('a', { claimRef }, 'Bound'), claim({ volumeName: 'a' })), 'none')
  assert.equal(decide(volume('a', { claimRef }, 'Bound'), claim({ volumeName: 'a' }, { uid: 'new' })), 'release')
})

test('a new volume is available, and a reservation that came to nothing is given up', () => {
  assert.deepEqual(decideVolume({ volume: volume('a', {}, 'Pending'), claim: undefined }), {
    action: 'setPhase',
    phase: 'Available',
  })
  const elsewhere = claim({ volumeName: 'b' })
  assert.deepEqual(decideVolume({ volume: volume('a', { claimRef }), claim: elsewhere }), {
    action: 'unbind',
    keepName: true,
  })
  assert.deepEqual(decideVolume({ volume: volume('a', { claimRef }), claim: claim() }), { action: 'none' })
})

test('protection holds what is in use', () => {
  const decide = (object: PersistentVolumeClaim, isUsed: boolean) => decideProtection({ object, isUsed }, 'f')
  assert.equal(decide(claim(), false), 'protect')
  const ending = claim({}, { finalizers: ['f'], deletionTimestamp: 'now' })
  assert.equal(decide(ending, true), 'none')
  assert.equal(decide(ending, false), 'letGo')
})

test('what its user made by hand is neither emptied nor deleted, and the volume says so', () => {
  const decide = (persistentVolumeReclaimPolicy: string, phase: string) =>
    decideVolume({
      volume: volume('a', { claimRef, persistentVolumeReclaimPolicy, hostPath: { path: '/data' } }, phase),
      claim: undefined,
    })
  const failed = (plan: ReturnType<typeof decide>) => (plan.action === 'fail' ? plan.reason : plan.action)
  assert.equal(failed(decide('Recycle', 'Bound')), 'release')
  assert.equal(failed(decide('Recycle', 'Released')), 'VolumeFailedRecycle')
  assert.equal(failed(decide('Delete', 'Released')), 'VolumeFailedDelete')
  assert.equal(failed(decide('Delete', 'Failed')), 'none')
  assert.equal(failed(decide('Retain', 'Released')), 'none')
})

test('a class of somebody else is served where nobody is, and the claim is told who stands in', () => {
  const rook = storageClass('ceph.rook.io/block')
  const served = decideClaim(of({ storageClass: rook, standIn: { allowed: true, hasDriver: false } }))
  assert.equal(served.action === 'provision' ? served.event?.reason : served.action, 'ProvisionerSubstituted')
  assert.match(told({ storageClass: rook, standIn: { allowed: true, hasDriver: true } }), /^ExternalProvisioning/)
  const unknown = { storageClass: storageClass('example.com/p') }
  const hinted = decideClaim(of({ ...unknown, standIn: { allowed: true, hasDriver: false } }))
  assert.match(
    hinted.action === 'wait' ? (hinted.hint?.message ?? '') : hinted.action,
    /^storageclass "c": there is no CSIDriver "example\.com\/p"/,
  )
  const forbidden = storageClass('ceph.rook.io/block', 'Immediate', { 'berth.dev/served-by': 'rook' })
  const left = decideClaim(of({ storageClass: forbidden, standIn: { allowed: true, hasDriver: false } }))
  assert.equal(left.action === 'wait' && left.hint, undefined)
  const plain = decideClaim(of(unknown))
  assert.equal(plain.action === 'wait' && plain.hint, undefined)
})
