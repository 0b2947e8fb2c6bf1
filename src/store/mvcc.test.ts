import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silentLog } from '../base/log.ts'
import { settleMicrotasks, VirtualClock } from '../base/virtual_clock.ts'
import { STORE_LIMITS } from './limits.ts'
import { createStore } from './mvcc.ts'
import { CompactedError, type Store, StoreFailedError } from './store.ts'
import { describeState, PODS, pod, put, Recorder, remove } from './suite_support.ts'
import { GatedJournal } from './testing/gated_journal.ts'

describe('the store over a slow or failing journal', () => {
  let journal: GatedJournal
  let store: Store
  let clock: VirtualClock
  beforeEach(async () => {
    journal = new GatedJournal()
    clock = new VirtualClock()
    store = await createStore({ journal, clock, log: silentLog, freeze: true })
  })
  afterEach(async () => {
    journal.isHeld = false
    journal.pass()
    await store.close()
  })

  it('sends everything that came meanwhile in the next batch', async () => {
    journal.isHeld = true
    const writes = [put(store, pod('a/1'), 'v'), put(store, pod('a/2'), 'v')]
    await settleMicrotasks()
    assert.deepEqual(journal.waiting, [1, 2])
    writes.push(put(store, pod('a/3'), 'v'), put(store, pod('a/1'), 'w'))
    journal.pass()
    await settleMicrotasks()
    assert.deepEqual(journal.waiting, [3, 4])
    assert.equal(store.revision, 2)
    assert.equal(describeState(store.get(pod('a/1'))), 'a/1@1=v')
    assert.equal(describeState(store.head(pod('a/1'))), 'a/1@4=w')
    const late = put(store, pod('a/1'), 'late', 1)
    journal.pass()
    await Promise.all(writes)
    assert.equal((await late).outcome, 'conflict')
    assert.equal(store.revision, 4)
  })

  it('answers a conflict, and shows a change, only when what it saw is durable', async () => {
    journal.isHeld = true
    const recorder = new Recorder()
    store.watch(PODS, 0, recorder)
    const told: string[] = []
    const writer = put(store, pod('a/x'), 'one').then(() => told.push('writer'))
    const loser = put(store, pod('a/x'), 'two', 0).then(() => told.push('loser'))
    const reader = store.durable(1).then(() => told.push('reader'))
    await settleMicrotasks()
    assert.deepEqual([told, recorder.lines, store.count(PODS), store.revision], [[], [], 0, 0])
    journal.pass()
    await Promise.all([writer, loser, reader])
    assert.deepEqual(recorder.lines, ['created a/x@1=one'])
    assert.deepEqual(told.sort(), ['loser', 'reader', 'writer'])
  })

  it('fails everything behind a failed batch, then goes on from what is durable', async () => {
    await put(store, pod('a/x'), 'one')
    const recorder = new Recorder()
    const watch = store.watch(PODS, 1, recorder)
    journal.isHeld = true
    const failing = [put(store, pod('a/x'), 'two'), put(store, pod('a/x'), 'three', 1), store.durable(2)]
    await settleMicrotasks()
    failing.push(put(store, pod('a/y'), 'behind'), remove(store, pod('a/x')))
    const settled = Promise.allSettled(failing)
    journal.fail()
    for (const result of await settled) {
      assert(result.status === 'rejected')
      assert(result.reason instanceof StoreFailedError)
      assert.match(result.reason.message, /no space left on device/)
    }
    journal.isHeld = false
    assert.equal(store.headRevision, 1)
    assert.equal(describeState(store.head(pod('a/x'))), 'a/x@1=one')
    await put(store, pod('a/x'), 'again')
    assert.deepEqual(await recorder.upToProgress(watch), ['updated a/x@2=again was a/x@1=one'])
  })

  it('writes no more when the journal cannot say what it holds, but goes on reading', async () => {
    await put(store, pod('a/x'), 'one')
    journal.isHeld = true
    journal.isLost = true
    const failing = put(store, pod('a/x'), 'two')
    await settleMicrotasks()
    journal.fail()
    await assert.rejects(failing, StoreFailedError)
    journal.isHeld = false
    await settleMicrotasks()
    await assert.rejects(put(store, pod('a/x'), 'three'), /it holds the disk is gone, expected revision 1/)
    assert.equal(describeState(store.get(pod('a/x'))), 'a/x@1=one')
  })

  it('ends what waits when it is closed, after what it has taken', async () => {
    journal.isHeld = true
    const taken = put(store, pod('a/x'), 'one')
    const waiting = assert.rejects(store.durable(9), /closed/)
    await settleMicrotasks()
    const closed = store.close()
    await assert.rejects(put(store, pod('a/y'), 'late'), /closed/)
    journal.pass()
    assert.equal((await taken).outcome, 'committed')
    await Promise.all([closed, waiting])
    store = await createStore({ journal, clock, log: silentLog })
    assert.equal(store.revision, 1)
  })

  it('changes nothing when a state cannot be made', async () => {
    const make = () => {
      throw new Error('cannot')
    }
    await assert.rejects(store.commit({ key: pod('a/x'), expect: 0, type: 'put', make }), /cannot/)
    assert.equal(store.headRevision, 0)
  })

  it('keeps one to two spans of history by itself', async () => {
    await put(store, pod('a/x'), 'one')
    await put(store, pod('a/x'), 'two')
    await clock.advance(STORE_LIMITS.historyMs)
    assert.equal(store.compacted, 0)
    await put(store, pod('a/x'), 'three')
    await clock.advance(STORE_LIMITS.historyMs)
    assert.equal(store.compacted, 2)
    assert.throws(() => store.list(PODS, { at: 1 }), CompactedError)
    await clock.advance(2 * STORE_LIMITS.historyMs)
    assert.equal(store.compacted, 3)
  })
})
