import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PodStats, StatsSummary } from '../../api/stats_summary.ts'
import { figuresOf } from './figures.ts'

const START = '2026-11-21T00:00:00.000Z'
const at = (second: number) => new Date(Date.parse(START) + second * 1000).toISOString()

const used = (second: number, cpuSeconds: number, workingSetBytes = 4096) => ({
  cpu: { time: at(second), usageCoreNanoSeconds: cpuSeconds * 1e9 },
  memory: { time: at(second), usageBytes: 8192, workingSetBytes },
})

const pod = (name: string, ...containers: PodStats['containers']): PodStats => ({
  podRef: { namespace: 'n', name, uid: name },
  containers,
})

const summary = (second: number, cpuSeconds: number, ...pods: PodStats[]): StatsSummary => ({
  node: { nodeName: 'one', ...used(second, cpuSeconds) },
  pods,
})

test('a rate is what was spent between two looks', () => {
  const web = (second: number, spent: number) => ({ name: 'web', startTime: START, ...used(second, spent) })
  const { node, pods } = figuresOf(summary(10, 3, pod('a', web(10, 1))), summary(25, 6, pod('a', web(26, 9))))
  assert.deepEqual(node, { at: Date.parse(at(25)), windowMs: 15_000, cpuNanoCores: 200_000_000, memoryBytes: 4096 })
  assert.deepEqual(pods[0]?.containers, [
    { name: 'web', at: Date.parse(at(26)), windowMs: 16_000, cpuNanoCores: 500_000_000, memoryBytes: 4096 },
  ])
})

test('a pod of which a container was not seen twice is left out', () => {
  const container = (name: string, startTime: string, second: number, spent: number) => ({
    name,
    startTime,
    ...used(second, spent),
  })
  const before = summary(0, 0, pod('a', container('x', START, 0, 5)), pod('c', container('x', START, 0, 1)))
  const after = summary(
    15,
    0,
    pod('a', container('x', at(7), 15, 1)), // restarted in between
    pod('b', container('x', START, 15, 1)), // new
    pod('c', container('x', START, 15, 1), container('y', at(3), 15, 1)), // has a new container
    pod('d', { name: 'x', startTime: START }), // ended while it was looked at
  )
  assert.deepEqual(figuresOf(before, after).pods, [])
})
