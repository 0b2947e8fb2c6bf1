import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addQuantities, canonicalQuantity, compareQuantities, isWhole, wholeUnits } from './quantity.ts'

test('the canonical form keeps the family of suffixes and loses the fraction', () => {
  const forms = {
    '0.5Gi': '512Mi',
    '1024Mi': '1Gi',
    '1e3': '1e3',
    '1000m': '1',
    '1.5': '1500m',
    '1000': '1k',
    '.5Ki': '512',
  }
  for (const [written, canonical] of Object.entries(forms)) assert.equal(canonicalQuantity(written), canonical)
  assert.equal(canonicalQuantity('0.1n'), '1n')
  assert.equal(canonicalQuantity('-1Mi'), '-1Mi')
  assert.equal(canonicalQuantity('00'), '0')
})

test('what is no quantity is none', () => {
  for (const text of ['', 'much', '1.2.3', '1 Gi', '1kk', 'e3', '.']) assert.equal(canonicalQuantity(text), undefined)
})

test('comparing and adding are exact', () => {
  assert.equal(compareQuantities('1Gi', '1024Mi'), 0)
  assert.equal(compareQuantities('2049Mi', '2Gi'), 1)
  assert.equal(addQuantities('1Gi', '512Mi'), '1536Mi')
  assert.equal(addQuantities('0', '1Gi'), '1Gi')
  assert.equal(wholeUnits('1500m'), 2n)
  assert.equal(isWhole('500m'), false)
})
