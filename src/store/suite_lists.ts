import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seededRandom } from '../base/random.ts'
import { FutureRevisionError, type ListOptions, type StoreRange } from './store.ts'
import { describeList, keyOf, listed, PODS, pod, put, remove, type SuiteStore, TINY } from './suite_support.ts'

/** Order, pages, old snapshots. */
export function describeLists({ store, reopen }: SuiteStore): void {
  const fill = async (places: readonly string[]) => {
    await Promise.all(places.map((place) => put(store(), pod(place), 'v')))
  }

  it('lists by byte order of namespace and name, in pages', async () => {
    await fill(['b/y', 'a/z', 'a-b/x', 'a/a', 'a/😀', 'a/\uffee', 'a/Z', 'b/x'])
    await put(store(), keyOf('pods.other', 'a/x'), 'of another resource')
    const names = async (range: StoreRange, options?: ListOptions) =>
      (await store().list(range, options)).items.map(({ key }) => `${key.namespace}/${key.name}`)
    const all = ['a/Z', 'a/a', 'a/z', 'a/\uffee', 'a/😀', 'a-b/x', 'b/x', 'b/y']
    assert.deepEqual(await names(PODS), all)
    assert.deepEqual(await names({ ...PODS, namespace: 'a' }), all.slice(0, 5))
    assert.deepEqual(await names({ ...PODS, namespace: '' }), [])
    for (const [at, place] of all.entries()) {
      const page = await store().list(PODS, { after: pod(place), limit: 2 })
      assert.deepEqual(
        page.items.map(({ key }) => `${key.namespace}/${key.name}`),
        all.slice(at + 1, at + 3),
      )
      assert.equal(page.remaining, Math.max(0, all.length - at - 3))
    }
    assert.deepEqual(await names(PODS, { after: pod('a-a/nobody') }), all.slice(5))
    assert.deepEqual(await names({ ...PODS, namespace: 'b' }, { after: pod('a/z') }), ['b/x', 'b/y'])
    assert.deepEqual(await names({ ...PODS, namespace: 'a' }, { after: pod('b/x') }), [])
    assert.equal(store().count(PODS), 8)
    assert.equal(store().count({ ...PODS, namespace: 'a' }), 5)
  })

  it('shows one snapshot over all pages, whatever is written meanwhile', async () => {
    await fill(['a/1', 'a/3', 'a/5', 'b/1'])
    await remove(store(), pod('a/3'))
    await put(store(), pod('a/5'), 'changed')
    await put(store(), pod('a/4'), 'new')
    await remove(store(), pod('b/1'))
    for (const limits of [{}, TINY]) {
      await reopen(limits)
      const first = await store().list(PODS, { at: 4, limit: 2 })
      assert.equal(first.revision, 4)
      assert.deepEqual(describeList(first), ['a/1@1=v', 'a/3@2=v', '2 more'])
      assert.deepEqual(await listed(store(), PODS, { at: 4, after: pod('a/3') }), ['a/5@3=v', 'b/1@4=v'])
      assert.deepEqual(await listed(store(), { ...PODS, namespace: 'a' }, { at: 6 }), ['a/1@1=v', 'a/5@6=changed'])
      assert.deepEqual(await listed(store(), PODS), ['a/1@1=v', 'a/4@7=new', 'a/5@6=changed'])
    }
    assert.throws(() => store().list(PODS, { at: 9 }), FutureRevisionError)
  })

  it('answers every old list from memory and from the journal as the replay says', async () => {
    const random = seededRandom('old lists')
    const replayed: string[][] = [[]]
    for (let revision = 1; revision <= 60; revision++) {
      const key = pod(`${random.integer(2)}/${random.integer(5)}`)
      const removes = store().head(key) !== undefined && random.integer(3) === 0
      await (removes ? remove(store(), key) : put(store(), key, random.integer(100)))
      replayed.push(describeList(await store().list(PODS)))
    }
    for (const limits of [{}, TINY]) {
      for (let at = 0; at <= 60; at++) assert.deepEqual(await listed(store(), PODS, { at }), replayed[at], `at ${at}`)
      await reopen(limits)
    }
  })
}
