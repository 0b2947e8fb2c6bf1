import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyOperations } from './json_patch.ts'
import { mergePatch } from './merge_patch.ts'
import { shownText } from './shown.ts'

test('null removes at any depth, and is no member of what was not there', () => {
  const target = { a: { b: 1, c: 2 }, list: [1] }
  const patch = { a: { b: null }, list: [{ x: null, y: 1 }], fresh: { x: null, y: { z: null } } }
  assert.deepEqual(mergePatch(target, patch, new Set()), { a: { c: 2 }, list: [{ y: 1 }], fresh: { y: {} } })
  assert.deepEqual(target, { a: { b: 1, c: 2 }, list: [1] })
})

test('what a patch went through is shown in order, everything else as it was', () => {
  const opened = new Set<object>()
  const merged = mergePatch({ z: { b: 1, a: 2 }, m: { d: 1, c: 2 } }, { m: { e: '<' } }, opened)
  assert.equal(shownText(merged, opened), '{"m":{"c":2,"d":1,"e":"\\u003c"},"z":{"b":1,"a":2}}')
})

test('a JSON patch may replace the whole, and copies what it has opened in order', () => {
  const { root, opened } = applyOperations({}, [
    { op: 'replace', path: '', value: { z: { b: 1, a: [] }, k: {} } },
    { op: 'add', path: '/z/a/-', value: { y: 1, x: 2 } },
    { op: 'copy', from: '/z', path: '/k/z' },
    { op: 'test', path: '', value: { z: { a: [{ y: 1, x: 2 }], b: 1 }, k: { z: { a: [{ y: 1, x: 2 }], b: 1 } } } },
  ])
  assert.equal(shownText(root, opened), '{"k":{"z":{"a":[{"y":1,"x":2}],"b":1}},"z":{"a":[{"y":1,"x":2}],"b":1}}')
  assert.throws(() => applyOperations({ a: 1 }, [{ op: 'test', path: '', value: {} }]), { code: 422 })
})
