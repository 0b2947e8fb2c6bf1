import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject, ResourceQuota } from '../../api/types.ts'
import { type Counted, decideQuota } from './decide.ts'

const quota = (hard: object, status?: object) =>
  ({ metadata: { name: 'q' }, spec: { hard }, status }) as unknown as ResourceQuota
const claims: Counted = {
  of: { group: '', resource: 'persistentvolumeclaims' },
  objects: ['1Gi', '512Mi'].map(
    (storage) => ({ metadata: {}, spec: { resources: { requests: { storage } } } }) as unknown as KubeObject,
  ),
}

test('the use is counted from what is there, by the names that the quota limits', () => {
  const { status } = decideQuota({ quota: quota({ 'requests.storage': '5Gi', pods: '2' }), counted: [claims], now: 0 })
  assert.deepEqual(status, {
    hard: { 'requests.storage': '5Gi', pods: '2' },
    used: { 'requests.storage': '1536Mi', pods: '0' },
  })
})

test('a status that is right is not written again', () => {
  const hard = { persistentvolumeclaims: '5' }
  const counted = quota(hard, { hard, used: { persistentvolumeclaims: '2' } })
  assert.equal(decideQuota({ quota: counted, counted: [claims], now: 0 }).status, undefined)
})
