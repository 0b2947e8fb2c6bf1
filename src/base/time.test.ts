import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromRfc3339, toRfc3339, toRfc3339Micro } from './time.ts'

test('moments become texts of whole seconds or of microseconds, and moments again', () => {
  for (const at of [0, 999, 1_000, 1_700_000_000_007, 1_700_000_000_070, 1_700_000_000_700.9, 1_700_000_001_000]) {
    const whole = new Date(at).toISOString()
    assert.equal(toRfc3339(at), `${whole.slice(0, 19)}Z`)
    assert.equal(toRfc3339Micro(at), `${whole.slice(0, 23)}000Z`)
    assert.equal(fromRfc3339(toRfc3339Micro(at)), Math.floor(at))
  }
  assert.equal(fromRfc3339('yesterday'), undefined)
})
