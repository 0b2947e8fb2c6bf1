import assert from 'node:assert/strict'
import { it } from 'node:test'
import { keyOf, PODS, pod, put, Recorder, remove, type SuiteStore, TINY } from './suite_support.ts'

/** Who is told what. */
export function describeWatches({ store, reopen }: SuiteStore): void {
  it('tells each change once, in order, with the state before, and only of its range', async () => {
    const [all, one, other] = [new Recorder(), new Recorder(), new Recorder()]
    const watch = store().watch(PODS, 0, all)
    const inA = store().watch({ ...PODS, namespace: 'a' }, 0, one)
    const ofNodes = store().watch({ resource: 'nodes' }, 0, other)
    await Promise.all([
      put(store(), pod('a/x'), 'one'),
      put(store(), pod('b/x'), 'one'),
      put(store(), pod('a/x'), 'two'),
    ])
    await remove(store(), pod('a/x'))
    const expected = [
      'created a/x@1=one',
      'created b/x@2=one',
      'updated a/x@3=two was a/x@1=one',
      'deleted a/x@4=two was a/x@3=two',
    ]
    assert.deepEqual(await all.upToProgress(watch), expected)
    assert.deepEqual(
      await one.upToProgress(inA),
      expected.filter((line) => line.includes('a/x')),
    )
    assert.deepEqual(await other.upToProgress(ofNodes), [])
    watch.stop()
    await put(store(), pod('a/x'), 'three')
    assert.deepEqual(all.lines, [])
  })

  it('resumes from every revision without a gap or a repetition, while writes go on', async () => {
    for (let at = 1; at <= 12; at++) await put(store(), pod(`a/${at % 3}`), at)
    for (const limits of [{}, TINY]) {
      await reopen(limits)
      const newest = store().revision
      const recorders = Array.from({ length: newest + 1 }, () => new Recorder())
      const watches = recorders.map((recorder, after) => store().watch(PODS, after, recorder))
      for (let more = 0; more < 8; more++) await put(store(), pod(`a/${more % 2}`), more)
      for (const [after, recorder] of recorders.entries()) {
        const watch = watches[after]
        assert(watch !== undefined)
        const revisions = (await recorder.upToProgress(watch)).map((line) => Number(/@(\d+)=/.exec(line)?.[1]))
        assert.deepEqual(
          revisions,
          Array.from({ length: newest + 8 - after }, (_, at) => after + 1 + at),
        )
      }
    }
  })
}

/** When they are told it. */
export function describeWatchOrder({ store }: SuiteStore): void {
  it('tells nothing old to a watch from the future', async () => {
    const recorder = new Recorder()
    const watch = store().watch(PODS, 2, recorder)
    for (const value of ['one', 'two', 'three']) await put(store(), pod('a/x'), value)
    assert.deepEqual(await recorder.upToProgress(watch), ['updated a/x@3=three was a/x@2=two'])
  })

  it('tells nobody before the change is durable, and the writer not before the watchers', async () => {
    const told: string[] = []
    const events = () => void told.push(`watcher at ${store().revision}`)
    store().watch(PODS, 0, { events, progress: () => told.push('progress') })
    await put(store(), pod('a/x'), 'one').then(() => told.push('writer'))
    assert.deepEqual(told, ['watcher at 1', 'writer'])
  })

  it('answers progress after the events that were durable when it was asked for', async () => {
    const recorder = new Recorder()
    const watch = store().watch({ resource: 'nodes' }, 0, recorder)
    await put(store(), keyOf('nodes', 'n'), 'one')
    await put(store(), pod('a/x'), 'one')
    watch.progress()
    assert.deepEqual(await recorder.until((line) => line === 'progress 2'), ['created n@1=one', 'progress 2'])
  })

  it('ends a watch whose watcher throws, and no other', async () => {
    const [bad, good] = [new Recorder(), new Recorder()]
    bad.events = () => {
      throw new Error('cannot')
    }
    store().watch(PODS, 0, bad)
    const watch = store().watch(PODS, 0, good)
    await put(store(), pod('a/x'), 'one')
    await put(store(), pod('a/x'), 'two')
    assert.equal((await good.upToProgress(watch)).length, 2)
    assert.deepEqual(bad.lines, ['ended: cannot'])
  })
}
