import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placesOf, toFieldsV1, union } from './field_set.ts'
import { placeBelow, setOfPlaces } from './known_sets.ts'

const place = (...keys: readonly string[]) => keys.reduce(placeBelow, '')

test('the same places make the same set, and keys may hold whatever they like', () => {
  const odd = ['f:1:a', 'f:;3:b', '', 'k:{"name":"x;y"}', 'f:\0', 'f:é']
  const set = setOfPlaces([place(...odd), place('f:a')])
  assert.deepEqual(placesOf(set), [['f:a'], odd])
  assert.equal(setOfPlaces([place(...odd), place('f:a')]), set)
  assert.notDeepEqual(placesOf(setOfPlaces([place('f:a', 'f:b')])), placesOf(setOfPlaces([place('f:a'), place('f:b')])))
})

test('what has been forgotten is made again', () => {
  const first = setOfPlaces([place('f:first')])
  for (let at = 0; at < 2_000; at++) setOfPlaces([place(`f:${at}`)])
  const again = setOfPlaces([place('f:first')])
  assert.deepEqual(placesOf(again), placesOf(first))
})

test('sets that differ in one place share what is beside it, and so does their JSON', () => {
  const withAddress = (address: string) =>
    setOfPlaces([place('f:status', 'f:phase'), place('f:status', 'f:spec', 'f:a'), place('f:status', 'f:ips', address)])
  const [one, other] = [withAddress('k:1'), withAddress('k:2')].map((set) => set.children.get('f:status'))
  assert.ok(one !== undefined && other !== undefined)
  assert.notEqual(one, other)
  assert.equal(one.children.get('f:spec'), other.children.get('f:spec'))
  assert.equal(toFieldsV1(one)['f:spec'], toFieldsV1(other)['f:spec'])
  assert.deepEqual(toFieldsV1(one), { 'f:ips': { 'k:1': {} }, 'f:phase': {}, 'f:spec': { 'f:a': {} } })
})

test('a union with a part of a set is that set', () => {
  const whole = setOfPlaces([place('f:a'), place('f:b', 'f:c'), place('f:b', 'f:d')])
  const part = setOfPlaces([place('f:b', 'f:d')])
  const beside = setOfPlaces([place('f:b')])
  assert.equal(union(part, whole), whole)
  assert.equal(union(whole, part), whole)
  assert.deepEqual(placesOf(union(whole, beside)), [['f:a'], ['f:b'], ['f:b', 'f:c'], ['f:b', 'f:d']])
})
