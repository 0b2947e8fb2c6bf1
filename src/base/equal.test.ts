import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equalJson } from './equal.ts'

test('the order of fields does not count, that of items does', () => {
  assert.ok(equalJson({ a: 1, b: [{ c: null, d: 'x' }] }, { b: [{ d: 'x', c: null }], a: 1 }))
  assert.ok(!equalJson([1, 2], [2, 1]))
})

test('a field that is undefined is none, one that is null or empty is something', () => {
  assert.ok(equalJson({ a: 1, gone: undefined }, { a: 1 }))
  assert.ok(equalJson({ a: 1 }, { a: 1, gone: undefined }))
  assert.ok(!equalJson({ a: null }, {}))
  assert.ok(!equalJson({}, { a: [] }))
  assert.ok(!equalJson([], {}))
})
