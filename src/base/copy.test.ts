import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyOf } from './copy.ts'

test('a copy is equal, and shares nothing with a frozen original', () => {
  const inner = Object.freeze({ list: Object.freeze([1, null, Object.freeze({ deep: 'text' })]), gone: undefined })
  const original = Object.freeze({ inner, flag: false })
  const copy = copyOf(original)
  assert.deepEqual(copy, original)
  ;(copy.inner.list as unknown[]).push('more')
  assert.equal(original.inner.list.length, 3)
})
