import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, type MergingPatchType } from '../patch.ts'

const TYPE = 'io.k8s.api.apps.v1.ControllerRevision'
const current = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: 'a', labels: { z: '1' } },
  revision: 1,
}

const patched = (type: MergingPatchType, value: unknown) =>
  applyPatch({ type, patch: { value, duplicates: [] }, current: structuredClone(current), typeName: TYPE }).object

test('no patch changes what an object is', () => {
  const wrong = { apiVersion: 'v1', kind: 'Pod' }
  const { apiVersion, kind } = patched('strategic', wrong)
  assert.deepEqual([apiVersion, kind], ['apps/v1', 'ControllerRevision'])
  assert.throws(
    () => patched('merge', wrong),
    /converting \(v1\.Pod\) to \(apps\.ControllerRevision\): unknown conversion$/,
  )
  assert.throws(() => patched('merge', { apiVersion: 'apps/v9' }), {
    message: /no kind "ControllerRevision" is registered for version "apps\/v9" in scheme/,
  })
  assert.throws(() => patched('json', [{ op: 'replace', path: '/apiVersion', value: 'a/b/c' }]), {
    message: /unexpected GroupVersion string: a\/b\/c$/,
  })
})

test('what has lost its version cannot be read; a lost kind is the one of the path', () => {
  assert.throws(() => patched('merge', { apiVersion: null }), { code: 400, message: /undeterminable/ })
  assert.equal(patched('json', [{ op: 'remove', path: '/kind' }])['kind'], 'ControllerRevision')
})

test('a refused patch shows the objects that it opened with their keys in order, the others as they were', () => {
  assert.throws(
    () => patched('merge', { metadata: { labels: 'x' } }),
    (error: Error) => {
      assert.match(error.message, /\{\\"apiVersion\\".*\\"metadata\\":\{\\"labels\\":\\"x\\",\\"name\\"/)
      return true
    },
  )
  assert.throws(() => patched('merge', { revision: 'x' }), /\\"metadata\\":\{\\"name\\":\\"a\\",\\"labels\\"/)
})
