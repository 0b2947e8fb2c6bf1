import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RuntimeContainer, Sandbox } from './runtime.ts'
import { RuntimeChanges } from './runtime_changes.ts'

const sandbox = (uid: string) => ({ id: `s-${uid}`, pod: { uid }, state: 'ready' }) as unknown as Sandbox
const container = (id: string, uid: string, state: string) =>
  ({ id, pod: { uid }, state }) as unknown as RuntimeContainer

test('only pods that changed are told of, in whatever order they are listed', () => {
  const changes = new RuntimeChanges()
  const old = container('a0', 'a', 'exited')
  assert.deepEqual(changes.observe([sandbox('a')], [old, container('a1', 'a', 'running')]), ['a'])
  assert.deepEqual(changes.observe([sandbox('a')], [container('a1', 'a', 'running'), old]), [])
  assert.deepEqual(changes.observe([sandbox('a'), sandbox('b')], [old, container('a1', 'a', 'exited')]), ['a', 'b'])
  assert.deepEqual(changes.observe([sandbox('a')], [old, container('a1', 'a', 'exited')]), ['b'])
})
