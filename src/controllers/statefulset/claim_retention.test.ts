import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OwnerReference, PersistentVolumeClaim, StatefulSet } from '../../api/types.ts'
import { claimsToOwn, hasClaimOfPredecessor } from './claim_retention.ts'

const metadata = { resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z', namespace: 'one' }

function setOf(whenDeleted: string, whenScaled: string): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...metadata, name: 'web', uid: 'set' },
    spec: {
      replicas: 1,
      serviceName: 'web',
      selector: {},
      template: {},
      persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
    },
  }
}

function ownerOf(kind: string, name: string, uid: string, controller = true): OwnerReference {
  const apiVersion = kind === 'StatefulSet' ? 'apps/v1' : 'v1'
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion: true }
}

const SET = ownerOf('StatefulSet', 'web', 'set')
const podOwner = (ordinal: number) => ownerOf('Pod', `web-${ordinal}`, `pod-${ordinal}`)

/** The owners that the claim of an ordinal shall have; undefined if it has them already. */
function wanted(set: StatefulSet, ordinal: number, owners: readonly OwnerReference[]) {
  const [change] = claimsToOwn(set, { name: `web-${ordinal}`, uid: `pod-${ordinal}`, ordinal }, claimWith(owners))
  return change?.ownerReferences.map(({ kind, name }) => `${kind} ${name}`)
}

const claimWith =
  (ownerReferences: readonly OwnerReference[]) =>
  (name: string): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, name, uid: name, ownerReferences },
    spec: {},
  })

test('owners follow the retention policy, for wanted and for surplus pods', () => {
  const cases: [string, string, string[], string[]][] = [
    ['Retain', 'Retain', [], []],
    ['Delete', 'Retain', ['StatefulSet web'], ['StatefulSet web']],
    ['Retain', 'Delete', [], ['Pod web-1']],
    ['Delete', 'Delete', ['StatefulSet web'], ['Pod web-1']],
  ]
  for (const [whenDeleted, whenScaled, inRange, surplus] of cases) {
    const set = setOf(whenDeleted, whenScaled)
    const policy = `${whenDeleted}/${whenScaled}`
    assert.deepEqual(wanted(set, 0, []) ?? [], inRange, `${policy} in range`)
    assert.deepEqual(wanted(set, 1, []) ?? [], surplus, `${policy} surplus`)
    const wrong = [...(inRange.length > 0 ? [] : [SET]), podOwner(0)]
    assert.deepEqual(wanted(set, 0, wrong), inRange, `${policy} from wrong owners`)
  }
})

test('what is right already is not written', () => {
  assert.equal(wanted(setOf('Delete', 'Delete'), 0, [SET]), undefined)
  assert.equal(wanted(setOf('Delete', 'Delete'), 1, [podOwner(1)]), undefined)
})

test('another controller is left alone, and our own references beside it are taken away', () => {
  const other = ownerOf('ConfigMap', 'other', 'x')
  assert.equal(wanted(setOf('Delete', 'Retain'), 0, [other]), undefined)
  assert.deepEqual(wanted(setOf('Delete', 'Retain'), 0, [other, { ...SET, controller: false }]), ['ConfigMap other'])
})

test('an owner that does not control is kept, our own gets its controller flag back', () => {
  const other = ownerOf('ConfigMap', 'other', 'x', false)
  assert.deepEqual(wanted(setOf('Delete', 'Retain'), 0, [other]), ['ConfigMap other', 'StatefulSet web'])
  assert.deepEqual(wanted(setOf('Delete', 'Retain'), 0, [{ ...SET, controller: false }]), ['StatefulSet web'])
})

test('a reference to an earlier set or pod of the name is not touched', () => {
  assert.equal(wanted(setOf('Retain', 'Retain'), 0, [{ ...SET, uid: 'earlier' }]), undefined)
  assert.equal(wanted(setOf('Delete', 'Delete'), 0, [{ ...podOwner(0), uid: 'earlier' }]), undefined)
})

test('a claim that still belongs to an earlier pod holds its successor back, if it will be deleted', () => {
  const user = { name: 'web-0', uid: undefined, ordinal: 0 }
  const earlier = claimWith([podOwner(0)])
  assert.equal(hasClaimOfPredecessor(setOf('Retain', 'Delete'), user, earlier), true)
  assert.equal(hasClaimOfPredecessor(setOf('Retain', 'Retain'), user, earlier), false)
  assert.equal(hasClaimOfPredecessor(setOf('Retain', 'Delete'), user, claimWith([SET])), false)
})
