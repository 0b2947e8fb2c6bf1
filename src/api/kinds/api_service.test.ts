import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MutableObject, RuleContext } from '../kind_rules.ts'
import { apiServiceRules } from './api_service.ts'

const GOOD = { group: 'a.b', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 }
const faults = (spec: object, name = 'v1.a.b') =>
  (
    apiServiceRules.validateCreate?.({ metadata: { name }, spec: { ...GOOD, ...spec } } as never, {} as RuleContext) ??
    []
  ).map(({ field }) => field)

test('the name says version and group, and priorities have bounds', () => {
  assert.deepEqual(faults({}), [])
  assert.deepEqual(faults({ versionPriority: 1001, groupPriorityMinimum: 0 }, 'other'), [
    'metadata.name',
    'spec.groupPriorityMinimum',
    'spec.versionPriority',
  ])
})

test('what the server serves itself needs no certificate; another one has a place', () => {
  assert.deepEqual(faults({ insecureSkipTLSVerify: true, caBundle: 'YQ==' }), [
    'spec.caBundle',
    'spec.insecureSkipTLSVerify',
  ])
  assert.deepEqual(faults({ service: { port: 0 } }), [
    'spec.service.namespace',
    'spec.service.name',
    'spec.service.port',
  ])
})

test('a local one is available at once', () => {
  const draft = { spec: GOOD } as unknown as MutableObject
  apiServiceRules.prepareCreate?.(draft, { now: 0 } as RuleContext)
  assert.equal(draft['status'].conditions[0].reason, 'Local')
})
