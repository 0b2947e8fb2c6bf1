import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRows, findingLines, isKept } from './checker.ts'

const check = (acknowledged: readonly number[], ids: readonly number[]) => {
  const findings = checkRows(acknowledged, [{ member: 'mysql-0', ids }])
  return { kept: findings.every(isKept), line: findingLines(findings).join('\n') }
}

test('every acknowledged row once, in any order, is what was promised', () => {
  assert.deepEqual(check([1, 2, 3], [3, 1, 2]), { kept: true, line: 'mysql-0: 3 rows, none missing, none twice' })
})

test('a row that is missing breaks the promise, also on one member of several', () => {
  assert.deepEqual(check([1, 2, 3, 4, 7], [1, 7]), {
    kept: false,
    line: 'mysql-0: 2 rows, MISSING 3: 2-4, none twice',
  })
  const findings = checkRows(
    [1, 2],
    [
      { member: 'mysql-0', ids: [1, 2] },
      { member: 'mysql-1', ids: [1] },
    ],
  )
  assert.deepEqual(findings.map(isKept), [true, false])
})

test('a row that stands there twice breaks it, too', () => {
  assert.deepEqual(check([1, 2], [1, 2, 2, 2]), { kept: false, line: 'mysql-0: 4 rows, none missing, TWICE 1: 2' })
})

test('a row whose answer was lost may be there', () => {
  const { kept, line } = check([1], [1, 2])
  assert.equal(kept, true)
  assert.equal(line, 'mysql-0: 2 rows, none missing, none twice, 1 unacknowledged: 2')
})

test('a member without a single row misses them all', () => {
  assert.equal(check([1, 2], []).line, 'mysql-0: 0 rows, MISSING 2: 1-2, none twice')
})
