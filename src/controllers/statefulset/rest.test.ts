import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatefulSet } from '../../api/types.ts'
import { restMsOf } from './rest.ts'

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
