import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Deployment, ReplicaSet } from '../../api/types.ts'
import { decideDeployment } from './decide.ts'
import { maxUnavailableOf, surgeOf } from './strategy.ts'
import type { SetAction } from './view.ts'

interface Strategy {
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
  readonly type?: string
}

const metadata = (name: string) => ({ name, namespace: 'n', uid: name, resourceVersion: '1' })

/** A Deployment with the sets that its decisions make; pods appear and become available when they are told to. */
class Rollout {
  deployment: Deployment
  sets: ReplicaSet[] = []
  now = Date.parse('2026-11-21T00:00:00Z')

  constructor(replicas: number, { type = 'RollingUpdate', ...rollingUpdate }: Strategy) {
    this.deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata('web'), generation: 1, creationTimestamp: '2026-11-21T00:00:00Z' },
      spec: {
        replicas,
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
        selector: { matchLabels: { app: 'web' } },
        strategy: type === 'Recreate' ? { type } : { type, rollingUpdate },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
      },
    } as unknown as Deployment
  }

  change(spec: object): void {
    const { metadata: meta, spec: old } = this.deployment
    const generation = (meta.generation ?? 0) + 1
    this.deployment = { ...this.deployment, metadata: { ...meta, generation }, spec: { ...old, ...spec } }
  }

  image(version: number): void {
    const containers = [{ name: 'a', image: `a:${version}` }]
    this.change({ template: { metadata: { labels: { app: 'web' } }, spec: { containers } } })
  }

  /** One decision; says what was done. */
  step(): string[] {
    this.now += 1000
    const plan = decideDeployment({
      deployment: this.deployment,
      candidates: this.sets,
      podsOf: () => [],
      setNamed: (name) => this.sets.find((set) => set.metadata.name === name),
      now: this.now,
    })
    for (const action of plan.actions) this.#perform(action)
    if (plan.written !== undefined) {
      const { status, annotations } = plan.written
      const { metadata: meta } = this.deployment
      const merged = { ...meta, annotations: { ...meta.annotations, ...annotations } }
      this.deployment = { ...this.deployment, metadata: merged, status }
    }
    return plan.actions.map(({ do: what }) => what)
  }

  #perform(action: SetAction): void {
    if (action.do === 'create') {
      const creationTimestamp = new Date(this.now).toISOString()
      const made = { ...metadata(action.draft.metadata.name), ...action.draft.metadata, creationTimestamp }
      this.sets.push({ ...action.draft, apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: made } as ReplicaSet)
    } else if (action.do === 'delete') {
      this.sets = this.sets.filter((set) => set !== action.set)
    } else {
      const body = action.body as { metadata?: { annotations?: object }; spec?: object }
      this.sets = this.sets.map((set) => (set === action.set ? merge(set, body) : set))
    }
  }

  /** The sets make and delete their pods; `share` of what is missing becomes available. */
  runPods(share: number): void {
    this.sets = this.sets.map((set) => {
      const replicas = set.spec.replicas ?? 0
      const before = Math.min(set.status?.availableReplicas ?? 0, replicas)
      const availableReplicas = before + Math.ceil((replicas - before) * share)
      return { ...set, status: { replicas, availableReplicas, readyReplicas: availableReplicas } }
    })
  }

  settle(): void {
    for (let at = 0; at < 40; at++) {
      this.runPods(1)
      this.step()
    }
  }

  sizes(): number[] {
    return this.sets.map(({ spec }) => spec.replicas ?? 0)
  }
}

function merge(set: ReplicaSet, body: { metadata?: { annotations?: object }; spec?: object }): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...body.metadata?.annotations }
  return { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, ...body.spec } } as ReplicaSet
}

const strategies: fc.Arbitrary<Strategy> = fc.oneof(
  fc.record({ maxSurge: fc.nat(3), maxUnavailable: fc.nat(3) }),
  fc.constant({ maxSurge: '25%', maxUnavailable: '25%' }),
  fc.constant({ maxSurge: '100%', maxUnavailable: '0%' }),
)

test('a rolling update never has more pods than the surge allows, nor fewer that serve than it must', () => {
  fc.assert(
    fc.property(fc.nat(8), strategies, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (replicas, by, shares) => {
      const rollout = new Rollout(replicas, by)
      rollout.settle()
      rollout.image(2)
      for (const share of shares) {
        rollout.step()
        const total = rollout.sizes().reduce((a, b) => a + b, 0)
        assert.ok(total <= replicas + surgeOf(rollout.deployment), `${rollout.sizes()}`)
        rollout.runPods(share)
        const serving = rollout.sets.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0)
        assert.ok(serving >= replicas - maxUnavailableOf(rollout.deployment), `${serving} serve`)
      }
      rollout.settle()
      assert.deepEqual(rollout.sizes(), [0, replicas])
    }),
    { numRuns: 60 },
  )
})

test('whatever happens, a Deployment comes to rest with its newest set alone, and says so', () => {
  const command = fc.oneof(
    fc.nat(3).map((version) => (rollout: Rollout) => rollout.image(version)),
    fc.nat(6).map((replicas) => (rollout: Rollout) => rollout.change({ replicas })),
    fc.boolean().map((paused) => (rollout: Rollout) => rollout.change({ paused })),
    fc.constant((rollout: Rollout) => void rollout.step()),
    fc.constant((rollout: Rollout) => rollout.runPods(0.5)),
  )
  const any = fc.oneof(strategies, fc.constant({ type: 'Recreate' }))
  fc.assert(
    fc.property(any, fc.array(command, { maxLength: 25 }), (by, commands) => {
      const rollout = new Rollout(3, by)
      for (const act of commands) act(rollout)
      rollout.change({ paused: false })
      rollout.settle()
      const wanted = rollout.deployment.spec.replicas ?? 0
      assert.equal(Math.max(...rollout.sizes()), wanted)
      assert.equal(
        rollout.sizes().reduce((a, b) => a + b, 0),
        wanted,
      )
      const progress = rollout.deployment.status?.conditions?.find(({ type }) => type === 'Progressing')
      assert.equal(progress?.reason, 'NewReplicaSetAvailable')
      assert.deepEqual(rollout.step(), [])
    }),
    { numRuns: 60 },
  )
})

test('a rollback takes the old set back under a new revision, and keeps the old number', () => {
  const rollout = new Rollout(1, { maxSurge: 1, maxUnavailable: 0 })
  rollout.settle()
  for (const version of [2, 1]) {
    rollout.image(version)
    rollout.settle()
  }
  const first = rollout.sets[0]?.metadata.annotations ?? {}
  assert.equal(first['deployment.kubernetes.io/revision'], '3')
  assert.equal(first['deployment.kubernetes.io/revision-history'], '1')
  assert.equal(rollout.deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '3')
})

test('a roll-out without progress is late after its deadline', () => {
  const rollout = new Rollout(1, { maxSurge: 1, maxUnavailable: 0 })
  rollout.step()
  rollout.runPods(0)
  rollout.step()
  rollout.now += 600_000
  rollout.step()
  const progress = rollout.deployment.status?.conditions?.find(({ type }) => type === 'Progressing')
  assert.deepEqual([progress?.status, progress?.reason], ['False', 'ProgressDeadlineExceeded'])
})

test('revisions are counted exactly, however large', () => {
  const rollout = new Rollout(1, { maxSurge: 1, maxUnavailable: 0 })
  rollout.settle()
  const annotations = { 'deployment.kubernetes.io/revision': '3546343826724305832' }
  rollout.sets = rollout.sets.map((set) => ({ ...set, metadata: { ...set.metadata, annotations } }))
  rollout.image(2)
  rollout.settle()
  const revision = rollout.deployment.metadata.annotations?.['deployment.kubernetes.io/revision']
  assert.equal(revision, '3546343826724305833')
})
