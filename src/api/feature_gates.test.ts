import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../base/random.ts'
import type { FeatureGates } from './feature_gates.ts'
import type { MutableObject } from './kind_rules.ts'
import { statefulSetRules } from './kinds/stateful_set.ts'

function maxUnavailableAfterCreation(featureGates: FeatureGates): unknown {
  const rollingUpdate: Record<string, unknown> = { partition: 0, maxUnavailable: 2 }
  const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate } }
  const draft: MutableObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {}, spec }
  const user = { name: 'admin', groups: [] }
  statefulSetRules.prepareCreate?.(draft, { now: 0, random: systemRandom, user, featureGates })
  return rollingUpdate['maxUnavailable']
}

test('maxUnavailable is kept unless its gate is off', () => {
  assert.equal(maxUnavailableAfterCreation(new Map()), 2)
  assert.equal(maxUnavailableAfterCreation(new Map([['MaxUnavailableStatefulSet', true]])), 2)
  assert.equal(maxUnavailableAfterCreation(new Map([['MaxUnavailableStatefulSet', false]])), undefined)
})
