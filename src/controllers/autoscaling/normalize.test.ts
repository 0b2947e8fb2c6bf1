import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AutoscalerSpec } from './autoscaler.ts'
import type { ScalableView } from './decide.ts'
import { type Memory, NOTHING_KNOWN, withScaled } from './memory.ts'
import { normalized } from './normalize.ts'

const NOW = 1_000_000_000

function viewOf(replicas: number, behavior?: AutoscalerSpec['behavior'], memory: Partial<Memory> = {}): ScalableView {
  const spec = { minReplicas: 2, maxReplicas: 20, ...(behavior === undefined ? {} : { behavior }) }
  return {
    autoscaler: { spec },
    target: { replicas, current: replicas, selector: 'app=web' },
    memory: { ...NOTHING_KNOWN, ...memory },
    now: NOW,
  } as unknown as ScalableView
}

const outcome = (wanted: number, view: ScalableView) => {
  const { bounded, stabilized } = normalized(wanted, view)
  return [bounded.replicas, stabilized.reason, bounded.reason]
}

test('without behaviour: at most double or four, between the bounds', () => {
  assert.deepEqual(outcome(10, viewOf(1)), [4, 'ReadyForNewScale', 'ScaleUpLimit'])
  assert.deepEqual(outcome(10, viewOf(3)), [6, 'ReadyForNewScale', 'ScaleUpLimit'])
  assert.deepEqual(outcome(30, viewOf(15)), [20, 'ReadyForNewScale', 'TooManyReplicas'])
  assert.deepEqual(outcome(1, viewOf(5)), [2, 'ReadyForNewScale', 'TooFewReplicas'])
  assert.deepEqual(outcome(5, viewOf(5)), [5, 'ReadyForNewScale', 'DesiredWithinRange'])
})

test('without behaviour: down no further than any wish of the last five minutes', () => {
  const recommendations = [
    { replicas: 9, at: NOW - 301_000 },
    { replicas: 7, at: NOW - 299_000 },
  ]
  assert.deepEqual(outcome(3, viewOf(8, undefined, { recommendations })), [
    7,
    'ScaleDownStabilized',
    'DesiredWithinRange',
  ])
  const { recommendations: kept } = normalized(3, viewOf(8, undefined, { recommendations }))
  assert.deepEqual(
    kept.map(({ replicas }) => replicas),
    [7, 3],
  )
})

const policy = (type: string, value: number, periodSeconds: number) => ({ type, value, periodSeconds })

test('policies bound what changes in their period', () => {
  const up = { stabilizationWindowSeconds: 0, policies: [policy('Pods', 2, 60), policy('Percent', 10, 60)] }
  assert.deepEqual(outcome(10, viewOf(5, { scaleUp: up })), [7, 'ReadyForNewScale', 'ScaleUpLimit'])
  assert.deepEqual(outcome(10, viewOf(5, { scaleUp: { ...up, selectPolicy: 'Min' } })), [
    6,
    'ReadyForNewScale',
    'ScaleUpLimit',
  ])
  assert.deepEqual(outcome(10, viewOf(5, { scaleUp: { ...up, selectPolicy: 'Disabled' } })), [
    5,
    'ReadyForNewScale',
    'ScaleUpLimit',
  ])
  const memory = withScaled(NOTHING_KNOWN, 5, 7, { now: NOW - 30_000, longestMs: 60_000 })
  assert.deepEqual(outcome(10, viewOf(7, { scaleUp: up }, memory)), [7, 'ReadyForNewScale', 'ScaleUpLimit'])
  const past = withScaled(NOTHING_KNOWN, 5, 7, { now: NOW - 60_000, longestMs: 60_000 })
  assert.deepEqual(outcome(10, viewOf(7, { scaleUp: up }, past)), [9, 'ReadyForNewScale', 'ScaleUpLimit'])
  const down = { stabilizationWindowSeconds: 0, policies: [policy('Pods', 1, 60), policy('Percent', 50, 60)] }
  assert.deepEqual(outcome(2, viewOf(10, { scaleDown: down })), [5, 'ReadyForNewScale', 'ScaleDownLimit'])
  assert.deepEqual(outcome(2, viewOf(10, { scaleDown: { ...down, selectPolicy: 'Min' } })), [
    9,
    'ReadyForNewScale',
    'ScaleDownLimit',
  ])
})

test('windows hold both directions', () => {
  const behavior = {
    scaleUp: { stabilizationWindowSeconds: 60, policies: [policy('Pods', 100, 15)] },
    scaleDown: { policies: [policy('Percent', 100, 15)] },
  }
  const recommendations = [
    { replicas: 4, at: NOW - 200_000 },
    { replicas: 6, at: NOW - 30_000 },
  ]
  assert.deepEqual(outcome(9, viewOf(5, behavior, { recommendations })), [6, 'ScaleUpStabilized', 'DesiredWithinRange'])
  assert.deepEqual(outcome(3, viewOf(5, behavior, { recommendations })), [
    5,
    'ScaleDownStabilized',
    'DesiredWithinRange',
  ])
})

test('what is older than any policy is forgotten', () => {
  const first = withScaled(NOTHING_KNOWN, 1, 2, { now: NOW - 100_000, longestMs: 60_000 })
  assert.equal(withScaled(first, 2, 3, { now: NOW, longestMs: 60_000 }).ups.length, 1)
  assert.deepEqual(withScaled(first, 2, 1, { now: NOW, longestMs: 60_000 }).downs, [{ change: 1, at: NOW }])
})
