import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SparseMap, SparseSet } from './sparse.ts'

test('a sparse map and a sparse set say what a map and a set would', () => {
  const map = new SparseMap<string, number>()
  map.delete('a')
  assert.deepEqual([map.size, map.get('a'), map.has('a')], [0, undefined, false])
  map.set('a', 1)
  map.set('b', 2)
  map.delete('a')
  assert.deepEqual([map.size, map.get('a'), map.get('b'), map.has('b')], [1, undefined, 2, true])
  map.clear()
  assert.deepEqual([map.size, map.has('b')], [0, false])

  const set = new SparseSet<string>()
  set.delete('a')
  assert.deepEqual([...set], [])
  set.add('a')
  set.add('b')
  set.add('a')
  assert.deepEqual([...set], ['a', 'b'])
  set.delete('a')
  set.delete('b')
  assert.deepEqual([set.size, set.has('b'), ...set], [0, false])
})
