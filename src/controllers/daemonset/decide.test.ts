import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ControllerRevision, DaemonSet, Node, Pod } from '../../api/types.ts'
import { decideDaemonSet } from './decide.ts'
import { REVISION_LABEL } from './labels.ts'
import { planRevisions } from './revisions.ts'

const NOW = Date.parse('2026-11-21T00:10:00Z')

const set = (spec: object = {}): DaemonSet =>
  ({
    metadata: { name: 'agent', namespace: 'n', uid: 'u', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      ...spec,
    },
  }) as unknown as DaemonSet

const node = (name: string, effect?: string): Node =>
  ({ metadata: { name }, spec: effect === undefined ? {} : { taints: [{ key: 'own', effect }] } }) as unknown as Node

function pod(name: string, nodeName: string, { hash = 'old', ready = true, phase = 'Running' } = {}): Pod {
  const labels = { app: 'agent', [REVISION_LABEL]: hash }
  const ownerReferences = [{ uid: 'u', kind: 'DaemonSet', name: 'agent', controller: true }]
  const creationTimestamp = '2026-11-21T00:00:00Z'
  const conditions = ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: creationTimestamp }] : []
  return {
    metadata: { name, uid: name, namespace: 'n', labels, ownerReferences, creationTimestamp },
    spec: { nodeName, containers: [] },
    status: { phase, conditions },
  } as unknown as Pod
}

const decide = (of: DaemonSet, nodes: Node[], pods: Pod[], revisions: ControllerRevision[] = []) =>
  decideDaemonSet({ set: of, nodes, candidates: pods, revisions, now: NOW })
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name)

test('each node that the set means gets a pod; taints keep new pods away, and only NoExecute drives them off', () => {
  const nodes = [node('free'), node('closed', 'NoSchedule'), node('kept', 'NoSchedule'), node('lost', 'NoExecute')]
  const plan = decide(set(), nodes, [pod('a', 'kept'), pod('b', 'lost')])
  assert.deepEqual([plan.create, names(plan.remove)], [['free'], ['b']])
  assert.deepEqual([plan.status.desiredNumberScheduled, plan.status.numberMisscheduled], [1, 2])
})

test('a node keeps its oldest pod; one that has ended makes room', () => {
  assert.deepEqual(names(decide(set(), [node('one')], [pod('b', 'one'), pod('a', 'one')]).remove), ['b'])
  const failed = decide(set(), [node('one')], [pod('a', 'one', { phase: 'Failed' })])
  assert.deepEqual([names(failed.replaced), failed.create], [['a'], []])
})

test('an update replaces what does not serve, and of the rest as much as allowed', () => {
  const nodes = ['one', 'two', 'three'].map((name) => node(name))
  const all = [pod('a', 'one'), pod('b', 'two'), pod('c', 'three')]
  assert.equal(decide(set(), nodes, all).remove.length, 1)
  const broken = [pod('a', 'one'), pod('b', 'two', { ready: false }), pod('c', 'three')]
  assert.deepEqual(names(decide(set(), nodes, broken).remove), ['b'])
  assert.deepEqual(decide(set({ updateStrategy: { type: 'OnDelete' } }), nodes, all).remove, [])
  const surge = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } }
  const beside = decide(set({ updateStrategy: surge }), nodes, all)
  assert.deepEqual([beside.create.length, beside.remove.length], [2, 0])
})

test('a template that comes back takes its old revision, with a new number', () => {
  const own: ControllerRevision[] = []
  const versions = ['a:1', 'a:2', 'a:1'].map((image) =>
    set({ template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'a', image }] } } }),
  )
  const plans = versions.map((version) => {
    const plan = planRevisions(version, own, [])
    if (plan.create !== undefined) own.push({ ...plan.create } as ControllerRevision)
    return plan
  })
  assert.equal(plans[2]?.hash, plans[0]?.hash)
  assert.equal(plans[2]?.renumber?.number, 3)
})

test("a revision's data stands there as Go writes it, with its keys in order", () => {
  const template = { spec: { containers: [{ name: 'c', image: 'i' }] }, metadata: { labels: { b: '1', a: '2' } } }
  const { create } = planRevisions(set({ template }), [], [])
  assert.equal(
    JSON.stringify(create?.data),
    '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"2","b":"1"}},"spec":{"containers":[{"image":"i","name":"c"}]}}}}',
  )
})
