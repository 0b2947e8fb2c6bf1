import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import type { PodSample } from './pod_groups.ts'
import { replicasForAverage, replicasForUtilization, type UseView } from './replicas_for_use.ts'

const NOW = Date.parse('2026-11-21T01:00:00Z')
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString()

interface Traits {
  /** Thousandths; absent: the metrics have not seen the pod. */
  readonly used?: number
  readonly asked?: string
  readonly phase?: string
  readonly ready?: 'True' | 'False'
  readonly startedAgo?: number
  readonly changedAgo?: number
  readonly ending?: boolean
}

function viewOf(replicas: number, all: readonly Traits[], more: Partial<UseView> = {}): UseView {
  const samples = new Map<string, PodSample>()
  const pods = all.map((traits, index) => {
    const name = `web-${index}`
    const { used, asked = '1', phase = 'Running', ready = 'True', startedAgo = 3600, changedAgo = 3500 } = traits
    if (used !== undefined) samples.set(name, { value: used, at: NOW - 1000, windowMs: 15_000 })
    return {
      metadata: { name, ...(traits.ending ? { deletionTimestamp: ago(1) } : {}) },
      spec: { containers: [{ name: 'web', resources: asked === '' ? {} : { requests: { cpu: asked } } }] },
      status: {
        phase,
        startTime: ago(startedAgo),
        conditions: [{ type: 'Ready', status: ready, lastTransitionTime: ago(changedAgo) }],
      },
    } as unknown as Pod
  })
  return {
    resource: 'cpu',
    container: undefined,
    pods,
    samples,
    replicas,
    tolerance: { up: 0.1, down: 0.1 },
    now: NOW,
    ...more,
  }
}

const used = (...values: number[]): Traits[] => values.map((value) => ({ used: value }))

test('as many as bring use to the target', () => {
  const table: readonly (readonly [UseView, number, number])[] = [
    [viewOf(3, used(300, 500, 700)), 30, 5], // 50 % of what is asked for, 30 % wanted
    [viewOf(3, used(300, 500, 700)), 46, 3], // within the tolerance
    [viewOf(3, used(300, 500, 700)), 100, 2],
    [viewOf(1, used(2000)), 50, 4],
    [viewOf(5, used(0, 0, 0, 0, 0)), 50, 0],
  ]
  for (const [view, percent, replicas] of table) {
    assert.equal(replicasForUtilization(view, percent).replicas, replicas, `${percent} %`)
  }
  const { utilization, averageMilli } = replicasForUtilization(viewOf(2, used(301, 500)), 50)
  assert.deepEqual([utilization, averageMilli], [40, 400])
})

test('a tolerance of its own', () => {
  const view = viewOf(3, used(550, 550, 550))
  assert.equal(replicasForUtilization({ ...view, tolerance: { up: 0.05, down: 0.1 } }, 50).replicas, 4)
  assert.equal(replicasForUtilization(view, 50).replicas, 3)
})

test('pods without figures hold back: nothing on the way up, all on the way down', () => {
  const rising = viewOf(3, [...used(900, 900), {}])
  assert.equal(replicasForUtilization(rising, 50).replicas, 4) // 1800 of 3000: 60 %, not 90 %
  const falling = viewOf(3, [...used(100, 100), {}])
  assert.equal(replicasForUtilization(falling, 50).replicas, 3) // 1200 of 3000: 40 %
  const turning = viewOf(3, [...used(600), {}, {}])
  assert.equal(replicasForUtilization(turning, 50).replicas, 3) // 600 of 3000 would be down
})

test('pods that start count as using nothing on the way up, and not at all on the way down', () => {
  const starting: Traits = { used: 2000, ready: 'False', startedAgo: 20, changedAgo: 20 }
  assert.equal(replicasForUtilization(viewOf(3, [...used(900, 900), starting]), 50).replicas, 4)
  assert.equal(replicasForUtilization(viewOf(3, [...used(200, 200), starting]), 50).replicas, 1)
  const pending: Traits = { phase: 'Pending' }
  assert.equal(replicasForUtilization(viewOf(2, [...used(900), pending]), 50).replicas, 2)
})

test('a pod is starting for five minutes when its figures are older than its readiness', () => {
  const fresh: Traits = { used: 2000, startedAgo: 60, changedAgo: 10 }
  assert.throws(() => replicasForUtilization(viewOf(1, [fresh]), 50), /did not receive metrics for targeted pods/)
  assert.equal(replicasForUtilization(viewOf(1, [{ ...fresh, changedAgo: 40 }]), 50).replicas, 4)
  const neverReady: Traits = { used: 2000, ready: 'False', startedAgo: 600, changedAgo: 595 }
  assert.throws(() => replicasForUtilization(viewOf(1, [neverReady]), 50), /pods might be unready/)
  const readyOnce: Traits = { ...neverReady, changedAgo: 100 }
  assert.equal(replicasForUtilization(viewOf(1, [readyOnce]), 50).replicas, 4)
})

test('memory counts for pods that are not ready too', () => {
  const view = viewOf(1, [{ used: 4000, ready: 'False', startedAgo: 20 }], { resource: 'memory' })
  assert.equal(replicasForAverage(view, 1000).replicas, 4)
})

test('ending and failed pods count for nothing', () => {
  const view = viewOf(2, [...used(900), { used: 2000, ending: true }, { used: 2000, phase: 'Failed' }])
  assert.equal(replicasForUtilization(view, 50).replicas, 2)
})

test('what cannot be computed says why', () => {
  const table: readonly (readonly [UseView, string])[] = [
    [viewOf(1, []), 'no pods returned by selector while calculating replica count'],
    [viewOf(1, [{ used: 1, asked: '' }]), 'missing request for cpu in container web of Pod web-0'],
    [viewOf(1, [{}]), 'did not receive metrics for targeted pods (pods might be unready)'],
  ]
  for (const [view, message] of table) assert.throws(() => replicasForUtilization(view, 50), { message })
})
