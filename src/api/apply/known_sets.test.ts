import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placesOf } from './field_set.ts'
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
