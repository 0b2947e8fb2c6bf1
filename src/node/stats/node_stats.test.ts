import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import type { RuntimeContainer } from '../runtime.ts'
import { createNodeStats } from './node_stats.ts'
import { createStatsPages } from './pages.ts'
import type { UsageSample } from './usage_port.ts'

const pod = {
  metadata: { namespace: 'n', name: 'a', uid: 'u' },
  status: { startTime: '2026-11-21T00:00:00Z' },
} as unknown as Pod
const container = (name: string, state: RuntimeContainer['state']) =>
  ({ id: `id-${name}`, name, state, startedAt: 1000, createdAt: 0 }) as RuntimeContainer

function statsOf(...containers: RuntimeContainer[]) {
  let at = 0
  const sample = (cores: number): UsageSample => ({
    at,
    cpuNanoseconds: at * cores * 1e6,
    memoryBytes: 200,
    workingSetBytes: 100,
  })
  const source = createNodeStats({
    nodeName: 'one',
    pods: () => [{ pod, containers }],
    usage: {
      ofNode: async () => sample(2),
      ofPod: async () => sample(1),
      ofContainer: async (_, { name }) => (name === 'gone' ? undefined : sample(0.5)),
    },
  })
  return {
    source,
    later(ms: number) {
      at += ms
    },
  }
}

test('counts at once, rates from the second look on', async () => {
  const { source, later } = statsOf(container('web', 'running'), container('init', 'exited'))
  later(1000)
  const first = await source.summary()
  assert.deepEqual(
    first.pods[0]?.containers.map(({ name }) => name),
    ['web'],
  )
  assert.equal(first.node.cpu?.usageNanoCores, undefined)
  later(4000)
  const second = await source.summary()
  assert.deepEqual(
    [second.node.cpu, second.pods[0]?.cpu, second.pods[0]?.containers[0]?.cpu].map((cpu) => cpu?.usageNanoCores),
    [2e9, 1e9, 5e8],
  )
  assert.equal(second.node.cpu?.usageCoreNanoSeconds, 10e9)
})

test('a node on which nothing runs has no pods', async () => {
  assert.deepEqual((await statsOf(container('web', 'created')).source.summary()).pods, [])
})

test('the text form says the same, and whether all could be measured', async () => {
  const whole = statsOf(container('web', 'running'))
  whole.later(2000)
  const { text = '', contentType } = (await createStatsPages(whole.source)('/metrics/resource')) ?? {}
  assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8')
  for (const line of [
    'container_cpu_usage_seconds_total{container="web",namespace="n",pod="a"} 1 2000',
    'container_memory_working_set_bytes{container="web",namespace="n",pod="a"} 100 2000',
    'container_start_time_seconds{container="web",namespace="n",pod="a"} 1',
    'pod_cpu_usage_seconds_total{namespace="n",pod="a"} 2 2000',
    'node_cpu_usage_seconds_total 4 2000',
    'resource_scrape_error 0',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line}\n${text}`)
  }
  const part = await createStatsPages(statsOf(container('gone', 'running')).source)('/metrics/resource')
  assert.ok(part?.text.includes('\nresource_scrape_error 1\n'))
  assert.equal(await createStatsPages(whole.source)('/log'), undefined)
})
