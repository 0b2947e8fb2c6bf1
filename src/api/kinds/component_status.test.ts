import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rulesOf } from './registry.ts'

test('a part of the control plane shows whether it is healthy, and what it says', () => {
  const cells = (...conditions: object[]) =>
    rulesOf('', 'componentstatuses').cells?.({ metadata: { name: 'scheduler' }, conditions } as never, 0)
  assert.deepEqual(cells({ type: 'Healthy', status: 'True', message: 'ok' }), ['scheduler', 'Healthy', 'ok', ''])
  assert.deepEqual(cells({ type: 'Healthy', status: 'False', error: 'refused' }), [
    'scheduler',
    'Unhealthy',
    '',
    'refused',
  ])
  assert.deepEqual(cells({ type: 'Other', status: 'True' }), ['scheduler', 'Unknown', '', ''])
})
