import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, ReplicaSet } from '../../api/types.ts'
import { decideReplicaSet } from './decide.ts'

const NOW = Date.parse('2026-11-21T00:10:00Z')

const set = (spec: object = {}, metadata: object = {}): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'n', uid: 'u', generation: 1, ...metadata },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {}, ...spec },
  }) as unknown as ReplicaSet

interface Traits {
  readonly owner?: string
  readonly app?: string
  readonly ending?: boolean
  readonly phase?: string
  readonly readyFor?: number
  readonly node?: string
  readonly cost?: number
}

function pod(name: string, { owner = 'u', app = 'web', phase = 'Running', node = 'one', ...more }: Traits = {}): Pod {
  const since = new Date(NOW - (more.readyFor ?? 0) * 1000).toISOString()
  return {
    metadata: {
      name,
      uid: name,
      namespace: 'n',
      labels: { app },
      creationTimestamp: '2026-11-21T00:00:00Z',
      ...(more.cost === undefined
        ? {}
        : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': `${more.cost}` } }),
      ...(more.ending ? { deletionTimestamp: since } : {}),
      ...(owner === '' ? {} : { ownerReferences: [{ uid: owner, kind: 'ReplicaSet', name: 'web', controller: true }] }),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: more.readyFor === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    },
  } as unknown as Pod
}

const decide = (of: ReplicaSet, ...pods: Pod[]) =>
  decideReplicaSet({ set: of, candidates: pods, relatives: pods, now: NOW })
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name)

test('pods that have ended or are ending are replaced at once', () => {
  const plan = decide(set(), pod('a'), pod('b', { ending: true }), pod('c', { phase: 'Failed' }))
  assert.deepEqual([plan.create, plan.status.replicas, plan.status.terminatingReplicas], [1, 1, 1])
})

test('orphans that match are adopted, own pods that do not are released', () => {
  const plan = decide(set(), pod('a', { owner: '' }), pod('b', { app: 'loose' }), pod('c', { owner: 'other' }))
  assert.deepEqual([names(plan.claimed.adopt), names(plan.claimed.release), plan.create], [['a'], ['b'], 1])
  const ending = decide(set({}, { deletionTimestamp: 'now' }), pod('a', { owner: '' }))
  assert.deepEqual([ending.claimed.adopt, ending.create], [[], 0])
})

test('the pods that are missed least go first', () => {
  const table: readonly (readonly [Traits, Traits])[] = [
    [{ node: '' }, { phase: 'Pending' }],
    [{ phase: 'Pending' }, {}],
    [{}, { readyFor: 9 }],
    [{ readyFor: 9, cost: -1 }, { readyFor: 1 }],
    [{ readyFor: 9 }, { readyFor: 9, cost: 5 }],
    [{ readyFor: 9 }, { readyFor: 90 }],
  ]
  for (const [first, second] of table) {
    const plan = decide(set({ replicas: 1 }), pod('b', first), pod('a', second))
    assert.deepEqual(names(plan.remove), ['b'], JSON.stringify([first, second]))
  }
  const crowded = decide(set({ replicas: 2 }), pod('a', { node: 'two' }), pod('b'), pod('c'))
  assert.notDeepEqual(names(crowded.remove), ['a'])
})

test('a pod counts as available only after it has been ready long enough', () => {
  const plan = decide(set({ minReadySeconds: 30 }), pod('a', { readyFor: 40 }), pod('b', { readyFor: 10 }))
  assert.deepEqual([plan.status.readyReplicas, plan.status.availableReplicas], [2, 1])
  assert.equal(plan.lookAgainMs, 20_001)
})
