import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareQuantities, milliValue, nanoValue, unitValue } from './quantity_value.ts'

test('quantities are exact in every notation', () => {
  assert.equal(nanoValue('100m'), 100_000_000n)
  assert.equal(milliValue('0.1'), 100)
  assert.equal(milliValue('1n'), 1, 'what is left over counts as a whole one')
  assert.equal(unitValue('1.5Gi'), 1_610_612_736)
  assert.equal(unitValue('1e3'), 1000)
  assert.equal(unitValue('12E'), 12e18)
  assert.equal(milliValue(2), 2000)
  assert.equal(unitValue('nonsense'), 0)
})

test('equal quantities in different notations are equal', () => {
  assert.equal(compareQuantities('1Gi', '1024Mi'), 0)
  assert.equal(compareQuantities('1G', '1Gi'), -1)
  assert.equal(compareQuantities('2', '1999m'), 1)
  assert.equal(compareQuantities(undefined, '0'), 0)
})
