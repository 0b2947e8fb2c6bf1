import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '../api/types.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { MemoryJournal } from '../store/memory_journal.ts'
import { createStore } from '../store/mvcc.ts'
import { commitRemoval, commitState } from './commit.ts'

test('the last state of what was removed has the removal as its version, in its JSON too', async () => {
  const store = await createStore({ journal: new MemoryJournal(), clock: systemClock, log: silentLog, freeze: true })
  const key = { resource: 'configmaps', namespace: 'a', name: 'm' }
  // Words that look like the version, where a client can write them.
  const misleading = '"resourceVersion":"1"'
  const metadata = { name: 'm', namespace: 'a', labels: { x: '1' }, annotations: { note: misleading } }
  const draft = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { text: misleading } }
  const made = await commitState(store, key, undefined, draft as unknown as KubeObject)
  assert.ok(made !== undefined)
  const removed = await commitRemoval(store, key, made)
  assert.ok(removed !== undefined)
  assert.equal(removed.text, JSON.stringify(removed.object))
  assert.deepEqual(removed.object, {
    ...draft,
    metadata: { ...metadata, resourceVersion: String(made.revision + 1) },
  })
  assert.equal(removed.size, Buffer.byteLength(removed.text))
  await store.close()
})
