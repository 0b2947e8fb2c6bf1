import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUDGET_SECONDS_MAX, suites } from '../suites.ts'

test('all suites together stay within the time that a change may take', () => {
  const seconds = suites.reduce((sum, suite) => sum + suite.budgetSeconds, 0)
  assert.ok(
    seconds <= BUDGET_SECONDS_MAX,
    `the budgets are ${seconds} s, allowed are ${BUDGET_SECONDS_MAX} s; what takes longer goes into scripts/soak.ts`,
  )
})

test('each suite has a name of its own, and files or a command', () => {
  assert.equal(new Set(suites.map(({ name }) => name)).size, suites.length)
  for (const { name, files, command } of suites) assert.notEqual(files === undefined, command === undefined, name)
})
