import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, StatefulSet } from '../../api/types.ts'
import { decideRoles } from './decide.ts'

const metadata = { namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
const pod = (ordinal: number, role?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...metadata,
    name: `mysql-${ordinal}`,
    labels: role === undefined ? {} : { 'berth.dev/role': role },
  },
  spec: { containers: [] },
})
const set = (primary: string, spec: object = { replicas: 3 }): StatefulSet =>
  ({
    metadata: { ...metadata, name: 'mysql', annotations: { 'berth.dev/primary': primary } },
    spec,
  }) as unknown as StatefulSet
const changes = (primary: string, pods: readonly Pod[], spec?: object) =>
  decideRoles({ set: set(primary, spec), pods }).changes.map((one) => `${one.pod.metadata.name}=${one.role}`)

test('the member of that name or ordinal is the primary, everybody else a replica', () => {
  const all = ['mysql-0=replica', 'mysql-2=replica', 'mysql-1=primary']
  assert.deepEqual(changes('mysql-1', [pod(0), pod(1), pod(2)]), all)
  assert.deepEqual(changes('1', [pod(0), pod(1), pod(2)]), all)
  assert.deepEqual(changes('5', [pod(5)], { replicas: 1, ordinals: { start: 5 } }), ['mysql-5=primary'])
})

test('labels that are right are not written, and those that somebody changed are put back', () => {
  assert.deepEqual(changes('0', [pod(0, 'primary'), pod(1, 'replica')]), [])
  assert.deepEqual(changes('0', [pod(0, 'primary'), pod(1, 'primary'), pod(2, 'boss')]), [
    'mysql-1=replica',
    'mysql-2=replica',
  ])
})

test('the old primary stops being called so before the new one begins', () => {
  assert.deepEqual(changes('1', [pod(0, 'primary'), pod(1, 'replica'), pod(2, 'replica')]), [
    'mysql-0=replica',
    'mysql-1=primary',
  ])
})

test('a value that names no member changes nothing and is told', () => {
  const bad = ['', 'mysql', 'mysql-', 'mysql-3', 'mysql-01', 'mysql--1', '-1', '1.0', 'postgres-0', ' 1', '99999999999']
  for (const value of bad) {
    const plan = decideRoles({ set: set(value), pods: [pod(0, 'primary'), pod(1)] })
    assert.deepEqual(plan.changes, [], value)
    assert.match(plan.warning ?? '', /names no member of the set \(it has mysql-0 to mysql-2\)/, value)
  }
  assert.match(decideRoles({ set: set('0', { replicas: 0 }), pods: [] }).warning ?? '', /it has none/)
})
