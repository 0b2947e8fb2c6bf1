import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesLabels, meets, type Requirement } from './selector_match.ts'

const labels = { app: 'web', tier: 'fast', size: '10' }

test('a selector is met when all its parts are', () => {
  assert.ok(matchesLabels({}, labels), 'an empty selector means everything')
  assert.ok(matchesLabels({ matchLabels: { app: 'web' } }, labels))
  assert.ok(!matchesLabels({ matchLabels: { app: 'web', zone: 'a' } }, labels))
  const expression = { key: 'tier', operator: 'In', values: ['slow'] }
  assert.ok(!matchesLabels({ matchLabels: { app: 'web' }, matchExpressions: [expression] }, labels))
})

const cases: readonly [Requirement, boolean][] = [
  [{ key: 'app', operator: 'In', values: ['web', 'api'] }, true],
  [{ key: 'zone', operator: 'In', values: ['a'] }, false],
  [{ key: 'zone', operator: 'NotIn', values: ['a'] }, true],
  [{ key: 'app', operator: 'NotIn', values: ['web'] }, false],
  [{ key: 'app', operator: 'Exists' }, true],
  [{ key: 'zone', operator: 'DoesNotExist' }, true],
  [{ key: 'toString', operator: 'Exists' }, false],
  [{ key: 'size', operator: 'Gt', values: ['9'] }, true],
  [{ key: 'size', operator: 'Lt', values: ['9'] }, false],
  [{ key: 'app', operator: 'Gt', values: ['1'] }, false],
  [{ key: 'app', operator: 'Almost', values: ['web'] }, false],
]
for (const [requirement, expected] of cases) {
  test(`${requirement.key} ${requirement.operator} ${requirement.values ?? ''}`, () => {
    assert.equal(meets(requirement, labels), expected)
  })
}
