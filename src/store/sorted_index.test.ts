import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seededRandom } from '../base/random.ts'
import { SortedIndex } from './sorted_index.ts'

it('behaves as a sorted map over several chunks, growing and shrinking', () => {
  const random = seededRandom('sorted index')
  const index = new SortedIndex<number>()
  const model = new Map<string, number>()
  for (let step = 0; step < 12_000; step++) {
    const name = `n${random.integer(3_000)}`
    const grows = random.integer(10) < (step < 6_000 ? 8 : 2)
    if (grows) index.set(name, step)
    else assert.equal(index.delete(name), model.has(name))
    if (grows) model.set(name, step)
    else model.delete(name)
    if (step % 1_000 === 999) check(index, model, name)
  }
})

it('fills its chunks when names arrive in order', () => {
  const index = new SortedIndex<number>()
  const names = Array.from({ length: 2_000 }, (_, at) => `n${String(at).padStart(5, '0')}`)
  for (const [at, name] of names.entries()) index.set(name, at)
  assert.deepEqual([...index.after()], [...names.keys()])
  assert.equal(index.countAfter('n01500'), 499)
  for (const name of names) index.delete(name)
  assert.deepEqual([index.size, [...index.after()], index.countAfter('n')], [0, [], 0])
})

function check(index: SortedIndex<number>, model: ReadonlyMap<string, number>, name: string): void {
  const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
  const behind = sorted.filter(([other]) => other > name).map(([, value]) => value)
  assert.equal(index.size, model.size)
  assert.deepEqual(
    [...index.after()],
    sorted.map(([, value]) => value),
  )
  assert.deepEqual([...index.after(name)], behind)
  assert.equal(index.countAfter(name), behind.length)
  assert.equal(index.get(name), model.get(name))
}
