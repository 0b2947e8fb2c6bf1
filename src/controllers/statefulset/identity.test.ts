import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, StatefulSet } from '../../api/types.ts'
import { identityMatches, isInRange, isMember, storageMatches } from './identity.ts'
import { parsePodName } from './pod_name.ts'
import { maxUnavailableOf } from './rolling_update.ts'

const metadata = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', namespace: 'one' }
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [] } }

function setOf(spec: Partial<StatefulSet['spec']> = {}): StatefulSet {
  const selector = { matchLabels: { app: 'web' } }
  const full = { serviceName: 'web', selector, template, ...spec }
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { ...metadata, name: 'web' }, spec: full }
}

function podOf(name: string, labels: Record<string, string> = { app: 'web' }, spec: Partial<Pod['spec']> = {}): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name, labels }, spec: { containers: [], ...spec } }
}

test('a name is a parent and the last number', () => {
  const cases: [string, string, number][] = [
    ['web-0', 'web', 0],
    ['web-1-12', 'web-1', 12],
    ['web', '', -1],
    ['web-', '', -1],
    ['web-x', '', -1],
    ['web-99999999999', 'web', -1],
  ]
  for (const [name, parent, ordinal] of cases) assert.deepEqual(parsePodName(name), { parent, ordinal }, name)
})

test('a member has the name and the labels of the set', () => {
  assert.equal(isMember(setOf(), podOf('web-3')), true)
  assert.equal(isMember(setOf(), podOf('web-3', { app: 'other' })), false)
  assert.equal(isMember(setOf(), podOf('web-1-0')), false)
})

test('the range begins at the start ordinal', () => {
  const set = setOf({ replicas: 2, ordinals: { start: 5 } })
  assert.deepEqual(
    [4, 5, 6, 7].map((ordinal) => isInRange(set, ordinal)),
    [false, true, true, false],
  )
})

test('identity is the name label, storage the claim of the ordinal', () => {
  const set = setOf({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] })
  const claimed = (claimName: string) => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] })
  assert.equal(identityMatches(set, podOf('web-1', { 'statefulset.kubernetes.io/pod-name': 'web-1' })), true)
  assert.equal(identityMatches(set, podOf('web-1', { 'statefulset.kubernetes.io/pod-name': 'web-2' })), false)
  assert.equal(identityMatches(set, podOf('web-01', { 'statefulset.kubernetes.io/pod-name': 'web-01' })), false)
  assert.equal(storageMatches(set, podOf('web-1', {}, claimed('data-web-1'))), true)
  assert.equal(storageMatches(set, podOf('web-1', {}, claimed('data-web-0'))), false)
  assert.equal(storageMatches(set, podOf('web-1')), false)
})

test('maxUnavailable is a number or a percentage rounded down, and at least one', () => {
  const cases: [unknown, number, number][] = [
    [undefined, 5, 1],
    [3, 5, 3],
    [0, 5, 1],
    ['10%', 25, 2],
    ['100%', 5, 5],
    ['50%', 5, 2],
    ['10%', 5, 1],
    ['1%', 5, 1],
    ['0%', 5, 1],
  ]
  for (const [value, replicas, count] of cases) {
    const rollingUpdate = value === undefined ? {} : { maxUnavailable: value as string }
    const set = setOf({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } })
    assert.equal(maxUnavailableOf(set, replicas), count, `${value} of ${replicas}`)
  }
})
