import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../types.ts'
import { humanDuration } from '../durations.ts'
import { podCells, podStatusWord } from './pod_rows.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND

function podWith(status: object, spec: object = {}): Pod {
  return {
    metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c' }], ...spec },
    status,
  } as unknown as Pod
}

test('the word of a pod follows phase, reasons and init containers', () => {
  const init = { initContainers: [{ name: 'i' }, { name: 'j' }] }
  const ended = { name: 'i', state: { terminated: { exitCode: 0 } }, restartCount: 0 }
  assert.equal(podStatusWord(podWith({ phase: 'Pending' })), 'Pending')
  assert.equal(podStatusWord(podWith({ phase: 'Failed', reason: 'Evicted' })), 'Evicted')
  const working = {
    phase: 'Pending',
    initContainerStatuses: [ended, { name: 'j', state: { running: {} }, restartCount: 0 }],
  }
  assert.equal(podStatusWord(podWith(working, init)), 'Init:1/2')
  const crashing = {
    phase: 'Running',
    containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  }
  assert.equal(podStatusWord(podWith(crashing)), 'CrashLoopBackOff')
})

test('a row counts restarts and says when the last one was', () => {
  const container = {
    name: 'c',
    ready: true,
    restartCount: 2,
    state: { running: {} },
    lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:00:00Z' } },
  }
  const cells = podCells(podWith({ phase: 'Running', containerStatuses: [container] }), Date.UTC(2026, 0, 1, 0, 1))
  assert.deepEqual(cells.slice(0, 5), ['p', '1/1', 'Running', '2 (60s ago)', '60s'])
})

test('ages lose detail as they grow', () => {
  assert.equal(humanDuration(119 * SECOND), '119s')
  assert.equal(humanDuration(200 * SECOND), '3m20s')
  assert.equal(humanDuration(4 * 3600 * SECOND + 60 * SECOND), '4h1m')
  assert.equal(humanDuration(3 * DAY), '3d')
  assert.equal(humanDuration(10 * 365 * DAY), '10y')
  assert.equal(humanDuration(-5 * SECOND), '<invalid>')
})
