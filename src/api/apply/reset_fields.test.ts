import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromFieldsV1, toFieldsV1 } from './field_set.ts'
import { resetFilter } from './reset_fields.ts'

const ALL = {
  'f:metadata': { 'f:labels': { 'f:a': {} }, 'f:ownerReferences': {} },
  'f:spec': {
    'f:replicas': {},
    'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:resources': { 'f:limits': {} } } },
  },
  'f:status': { 'f:phase': {} },
}

function left(group: string, resource: string, subresource?: string): object {
  const filter = resetFilter({ group, resource, subresource, hasStatus: true })
  return toFieldsV1(filter(fromFieldsV1(ALL)))
}

test('a write owns what its resource or subresource does not set back', () => {
  const { 'f:metadata': metadata, 'f:spec': spec, 'f:status': status } = ALL
  assert.deepEqual(left('apps', 'statefulsets'), { 'f:metadata': metadata, 'f:spec': spec })
  assert.deepEqual(left('apps', 'statefulsets', 'status'), { 'f:metadata': metadata, 'f:status': status })
  assert.deepEqual(left('', 'pods', 'status'), { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:status': status })
  assert.deepEqual(left('storage.k8s.io', 'volumeattachments', 'status'), { 'f:status': status })
  // The real server counts all that was sent for the writer, though only a part of it is taken.
  assert.deepEqual(left('', 'pods', 'resize'), ALL)
  assert.deepEqual(left('', 'pods', 'ephemeralcontainers'), ALL)
})
