import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quotaScopeErrors, type ScopedQuota } from './resource_quota_scopes.ts'

const faults = (spec: ScopedQuota) => quotaScopeErrors(spec).map(({ field, message }) => `${field}: ${message}`)

test('a scope limits only what is within it', () => {
  assert.deepEqual(faults({ hard: { pods: '1', 'count/jobs.batch': '1' }, scopes: ['BestEffort'] }), [])
  assert.deepEqual(faults({ hard: { cpu: '1' }, scopes: ['BestEffort'] }), [
    'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
  ])
})

test('scopes that exclude each other, and ones that nobody knows', () => {
  assert.deepEqual(faults({ scopes: ['Terminating', 'NotTerminating', 'Odd'] }), [
    'spec.scopes: Invalid value: ["Terminating","NotTerminating","Odd"]: unsupported scope',
    'spec.scopes: Invalid value: ["Terminating","NotTerminating","Odd"]: conflicting scopes',
  ])
})

test('a selector compares only what has a value', () => {
  const matchExpressions = [
    { scopeName: 'BestEffort', operator: 'In', values: ['x'] },
    { scopeName: 'PriorityClass', operator: 'In' },
    { scopeName: 'PriorityClass', operator: 'Exists', values: ['x'] },
  ]
  assert.deepEqual(
    quotaScopeErrors({ scopeSelector: { matchExpressions } }).map(({ field }) => field.split('.').at(-1)),
    ['operator', 'values', 'values'],
  )
})
