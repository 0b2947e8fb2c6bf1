import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterRole } from '../../api/types.ts'
import { decideAggregation } from './role_aggregation_controller.ts'

const reads = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })
const role = (name: string, labels: Record<string, string>, rest: object): ClusterRole => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels },
  rules: [],
  ...rest,
})
const sum = (name: string, label: string, rest: object = {}) =>
  role(
    name,
    { part: 'yes' },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'yes' } }] }, ...rest },
  )

test('a sum holds the rules of all roles that it selects, each once, in the order of their names', () => {
  const all = [
    role('b', { part: 'yes' }, { rules: [reads('secrets'), reads('pods')] }),
    role('a', { part: 'yes' }, { rules: [reads('pods')] }),
    role('other', {}, { rules: [reads('nodes')] }),
  ]
  const total = sum('total', 'part')
  assert.deepEqual(decideAggregation({ role: total, all: [...all, total] }), {
    rules: [reads('pods'), reads('secrets')],
  })
  const holds = { ...total, rules: [reads('pods'), reads('secrets')] }
  assert.deepEqual(decideAggregation({ role: holds, all: [...all, holds] }), {})
})

test('a sum of nothing loses the rules that somebody wrote into it, and is no part of itself', () => {
  const written = sum('total', 'part', { rules: [reads('pods')] })
  assert.deepEqual(decideAggregation({ role: written, all: [written] }), { rules: [] })
})
