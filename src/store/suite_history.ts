import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seededRandom } from '../base/random.ts'
import { CompactedError, FutureRevisionError } from './store.ts'
import {
  committed,
  describeList,
  describeState,
  listed,
  PODS,
  pod,
  put,
  Recorder,
  remove,
  type SuiteStore,
  TINY,
} from './suite_support.ts'

/** Compaction. */
export function describeHistory({ store, reopen }: SuiteStore): void {
  it('refuses what compaction has removed, and only that', async () => {
    for (const value of ['one', 'two', 'three']) await put(store(), pod('a/x'), value)
    await remove(store(), pod('a/x'))
    await put(store(), pod('a/y'), 'other')
    await store().compact(3)
    for (const limits of [{}, TINY]) {
      assert.equal(store().compacted, 3)
      assert.throws(() => store().list(PODS, { at: 2 }), CompactedError)
      assert.throws(() => store().watch(PODS, 2, new Recorder()), CompactedError)
      assert.deepEqual(await listed(store(), PODS, { at: 3 }), ['a/x@3=three'])
      assert.deepEqual(await listed(store(), PODS, { at: 4 }), [])
      const recorder = new Recorder()
      const events = await recorder.upToProgress(store().watch(PODS, 3, recorder))
      assert.deepEqual(events, ['deleted a/x@4=three was a/x@3=three', 'created a/y@5=other'])
      await reopen(limits)
    }
  })

  it('keeps its revision when the newest change was a deletion and is compacted', async () => {
    await put(store(), pod('a/x'), 'one')
    await remove(store(), pod('a/x'))
    await store().compact(2)
    await store().compact(1)
    await assert.rejects(store().compact(3), FutureRevisionError)
    await reopen()
    assert.equal(store().revision, 2)
    assert.equal(store().compacted, 2)
    assert.deepEqual(await listed(store(), PODS), [])
    assert.equal(describeState(await committed(put(store(), pod('a/x'), 'new'))), 'a/x@3=new')
  })

  it('serves a watch that is still catching up when its history is compacted', async () => {
    for (let at = 1; at <= 20; at++) await put(store(), pod(`a/${at % 4}`), at)
    await reopen(TINY)
    const recorder = new Recorder()
    const watch = store().watch(PODS, 0, recorder)
    const list = store().list(PODS, { at: 6 })
    await store().compact(20)
    assert.throws(() => store().watch(PODS, 19, new Recorder()), CompactedError)
    assert.equal((await recorder.upToProgress(watch)).length, 20)
    assert.deepEqual(describeList(await list), ['a/0@4=4', 'a/1@5=5', 'a/2@6=6', 'a/3@3=3'])
  })

  it('gives the same answers at every readable revision after each compaction', async () => {
    const random = seededRandom('compaction')
    const lists: string[][] = [[]]
    const events: string[] = []
    const recorder = new Recorder()
    const watch = store().watch(PODS, 0, recorder)
    for (let revision = 1; revision <= 40; revision++) {
      const key = pod(`n/${random.integer(4)}`)
      const removes = store().head(key) !== undefined && random.integer(3) === 0
      await (removes ? remove(store(), key) : put(store(), key, revision))
      lists.push(describeList(await store().list(PODS)))
    }
    events.push(...(await recorder.upToProgress(watch)))
    for (const compacted of [1, 7, 8, 19, 33, 40]) {
      await store().compact(compacted)
      await reopen(TINY)
      for (let at = compacted; at <= 40; at++) assert.deepEqual(await listed(store(), PODS, { at }), lists[at])
      const again = new Recorder()
      const told = await again.upToProgress(store().watch(PODS, compacted, again))
      assert.deepEqual(told, events.slice(compacted))
    }
  })
}
