import assert from 'node:assert/strict'
import { it } from 'node:test'
import { committed, describeState, keyOf, listed, PODS, pod, put, remove, type SuiteStore } from './suite_support.ts'

/** Revisions, conflicts, durability. */
export function describeWrites({ store, reopen }: SuiteStore): void {
  it('gives each transaction the next revision and shows it once durable', async () => {
    assert.equal(store().revision, 0)
    const first = put(store(), pod('a/x'), 'one')
    const second = put(store(), pod('a/y'), 'two')
    assert.equal(store().headRevision, 2)
    assert.equal(store().revision, 0)
    assert.equal(store().get(pod('a/x')), undefined)
    assert.equal(describeState(store().head(pod('a/x'))), 'a/x@1=one')
    assert.equal(describeState(await committed(first)), 'a/x@1=one')
    assert.equal(describeState(await committed(second)), 'a/y@2=two')
    assert.equal(store().revision, 2)
    assert.equal(describeState(store().get(pod('a/x'))), 'a/x@1=one')
  })

  it('refuses a write that saw another state, and says which there is once that is durable', async () => {
    await put(store(), pod('a/x'), 'one')
    const winner = put(store(), pod('a/x'), 'two', 1)
    const loser = await put(store(), pod('a/x'), 'three', 1)
    assert(loser.outcome === 'conflict')
    assert.equal(describeState(loser.current), 'a/x@2=two')
    assert.equal(store().revision, 2)
    assert.equal((await winner).outcome, 'committed')
    assert.equal(store().headRevision, 2)
  })

  it('refuses to create what exists, and to change or delete what does not', async () => {
    await put(store(), pod('a/x'), 'one')
    const again = await put(store(), pod('a/x'), 'two', 0)
    assert(again.outcome === 'conflict')
    assert.equal(describeState(again.current), 'a/x@1=one')
    assert.deepEqual(await put(store(), pod('a/y'), 'two', 1), { outcome: 'conflict', current: undefined })
    assert.deepEqual(await remove(store(), pod('a/y'), 1), { outcome: 'conflict', current: undefined })
    const deletion = remove(store(), pod('a/x'))
    assert.deepEqual(await put(store(), pod('a/x'), 'late', 1), { outcome: 'conflict', current: undefined })
    assert.equal(describeState(await committed(deletion)), 'a/x@2=one')
    assert.equal(store().get(pod('a/x')), undefined)
    assert.equal(describeState(await committed(put(store(), pod('a/x'), 'new'))), 'a/x@3=new')
  })

  it('resolves durable() in order, also for revisions not given out yet', async () => {
    const later = store().durable(2)
    const first = put(store(), pod('a/x'), 'one')
    await store().durable(1)
    assert(store().revision >= 1)
    await first
    await put(store(), pod('a/x'), 'two')
    await later
    assert.equal(store().revision, 2)
  })

  it('keeps everything over a restart, and counts on', async () => {
    for (const name of ['c', 'a', 'b']) await put(store(), pod(`n/${name}`), name)
    await put(store(), keyOf('nodes', 'node-1'), 'node ü 😀 __proto__')
    await remove(store(), pod('n/a'))
    await reopen()
    assert.equal(store().revision, 5)
    assert.deepEqual(await listed(store(), PODS), ['n/b@3=b', 'n/c@1=c'])
    assert.equal(describeState(store().get(keyOf('nodes', 'node-1'))), 'node-1@4=node ü 😀 __proto__')
    assert.equal(describeState(await committed(put(store(), pod('n/a'), 'again'))), 'n/a@6=again')
  })
}
