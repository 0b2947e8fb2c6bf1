import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, PodDisruptionBudget } from '../../api/types.ts'
import { type BudgetView, decideBudget } from './decide.ts'

const metadata = (name: string) => ({
  name,
  namespace: 'n',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '',
  generation: 1,
})
const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'set', controller: true }

function pod(name: string, ready: boolean): Pod {
  const status = { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata(name), ownerReferences: [owner] },
    spec: { containers: [] },
    status,
  }
}

function view(spec: object, pods: readonly Pod[], scale: number, status?: object): BudgetView {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('b'),
    spec,
    ...(status ? { status } : {}),
  }
  return { budget: budget as PodDisruptionBudget, pods, scaleOf: () => scale, now: 1_000_000 }
}

const counts = (of: BudgetView) => {
  const { status } = decideBudget(of)
  return status && [status.currentHealthy, status.desiredHealthy, status.disruptionsAllowed, status.expectedPods]
}

test('a number of available pods counts the pods there are, a share the pods there should be', () => {
  const pods = [pod('a', true), pod('b', true), pod('c', false)]
  assert.deepEqual(counts(view({ minAvailable: 1 }, pods, 4)), [2, 1, 1, 3])
  assert.deepEqual(counts(view({ minAvailable: '50%' }, pods, 4)), [2, 2, 0, 4])
  assert.deepEqual(counts(view({ maxUnavailable: '50%' }, pods, 4)), [2, 2, 0, 4])
  assert.deepEqual(counts(view({ maxUnavailable: 3 }, pods, 4)), [2, 1, 1, 4])
  assert.deepEqual(counts(view({ minAvailable: 1 }, [], 0)), [0, 1, 0, 0])
})

test('a pod whose eviction was allowed no longer counts, until that is too long ago', () => {
  const pods = [pod('a', true), pod('b', true)]
  const at = (time: string) => view({ minAvailable: 1 }, pods, 2, { disruptedPods: { a: time } })
  assert.deepEqual(counts(at('1970-01-01T00:16:00Z')), [1, 1, 0, 2])
  assert.equal(decideBudget(at('1970-01-01T00:16:00Z')).lookAgainMs, 80_000)
  assert.deepEqual(counts(at('1970-01-01T00:10:00Z')), [2, 1, 1, 2])
})

test('a status that says it all is not written again', () => {
  const first = view({ minAvailable: 1 }, [pod('a', true)], 1)
  const { status } = decideBudget(first)
  assert.equal(decideBudget({ ...first, budget: { ...first.budget, status } as PodDisruptionBudget }).status, undefined)
})
