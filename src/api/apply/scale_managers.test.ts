import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ManagedFieldsEntry } from '../types.ts'
import { parentEntries, scaleEntries } from './scale_managers.ts'

const TIME = '2026-01-01T00:00:00Z'

const entry = (manager: string, operation: 'Apply' | 'Update', fieldsV1: object, apiVersion = 'apps/v1') =>
  ({ manager, operation, apiVersion, time: TIME, fieldsType: 'FieldsV1', fieldsV1 }) as ManagedFieldsEntry

const REPLICAS = { 'f:spec': { 'f:replicas': {} } }
const BOTH = { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }

test('a Scale shows who owns the replicas, and gives them back under the name of the object', () => {
  const parent = [entry('applier', 'Apply', BOTH), entry('other', 'Update', { 'f:spec': { 'f:paused': {} } })]
  const scale = scaleEntries(parent, 'apps/v1')
  assert.deepEqual(scale, [entry('applier', 'Apply', REPLICAS, 'autoscaling/v1')])
  assert.deepEqual(parentEntries(parent, scale, 'apps/v1'), parent)
})

test('who loses the replicas keeps the rest, and who takes them gets an entry', () => {
  const parent = [entry('applier', 'Apply', BOTH)]
  const scale = [{ ...entry('scaler', 'Update', REPLICAS, 'autoscaling/v1'), subresource: 'scale' }]
  const { time: _, ...untimed } = entry('scaler', 'Update', REPLICAS)
  assert.deepEqual(parentEntries(parent, scale, 'apps/v1'), [
    entry('applier', 'Apply', { 'f:spec': { 'f:paused': {} } }),
    { ...untimed, subresource: 'scale' },
  ])
})
