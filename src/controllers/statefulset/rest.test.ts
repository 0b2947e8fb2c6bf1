import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, StatefulSet } from '../../api/types.ts'
import { podWaitMs, restMsOf, setWaitMs } from './rest.ts'

const PARALLEL = { podManagementPolicy: 'Parallel' }
const setOf = (spec: object, status: object = {}) => ({ metadata: { name: 'web' }, spec, status }) as StatefulSet

test('a set rests the longer the more pods it has or had, and never where a pod waits for another', () => {
  assert.equal(restMsOf(undefined), 0)
  assert.equal(restMsOf(setOf({ ...PARALLEL, replicas: 20 })), 0)
  assert.equal(restMsOf(setOf({ ...PARALLEL, replicas: 1_000 })), 20)
  assert.equal(restMsOf(setOf({ ...PARALLEL, replicas: 0 }, { replicas: 500 })), 10)
  assert.equal(restMsOf(setOf({ podManagementPolicy: 'OrderedReady', replicas: 1_000 })), 0)
  const rolling = { replicas: 1_000, currentRevision: 'web-1', updateRevision: 'web-2' }
  assert.equal(restMsOf(setOf({ ...PARALLEL, replicas: 1_000 }, rolling)), 0)
})

test('only what changes nothing but numbers may wait: a pod on its way, the status of a set', () => {
  const pod = (status: object, metadata: object = {}) => ({ metadata: { name: 'web-0', ...metadata }, status }) as Pod
  const conditions = [{ type: 'Ready', status: 'True' }]
  const [pending, begun] = [pod({ phase: 'Pending' }), pod({ phase: 'Running' })]
  const ready = pod({ phase: 'Running', conditions })
  const waits = (previous: Pod | undefined, current: Pod | undefined) =>
    podWaitMs({ key: 'default/web-0', previous, current }) > 0
  assert.ok(waits(undefined, pending) && waits(pending, begun))
  assert.ok(!waits(begun, ready) && !waits(ready, begun) && !waits(pending, undefined))
  assert.ok(!waits(begun, pod({ phase: 'Failed' })) && !waits(begun, pod({}, { deletionTimestamp: 'now' })))
  const set = (metadata: object, spec: object = {}) =>
    ({ metadata: { name: 'web', generation: 1, ...metadata }, spec }) as StatefulSet
  const setWaits = (previous: StatefulSet | undefined, current: StatefulSet | undefined) =>
    setWaitMs({ key: 'default/web', previous, current }) > 0
  assert.ok(setWaits(set({}), set({})))
  assert.ok(!setWaits(undefined, set({})) && !setWaits(set({}), set({ generation: 2 })))
  assert.ok(!setWaits(set({}), set({ deletionTimestamp: 'now' })) && !setWaits(set({}), undefined))
  const deleting = set({}, { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } })
  assert.ok(!setWaits(deleting, deleting))
})
