import { withBare } from '../harness/bare.ts'
import { atMost, type Bench, type Round } from '../harness/bench.ts'
import { type Cluster, withCluster } from '../harness/cluster.ts'
import { Connection } from '../harness/connection.ts'
import type { Memory } from '../harness/memory.ts'
import { PODS, pod } from '../harness/objects.ts'
import { until } from '../harness/wait.ts'

/** So long after the last request a cluster is called idle. */
const SETTLE_MS = 10_000

const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS))

const roundOf = ({ pssMb, anonymousMb }: Memory): Round => ({
  value: pssMb,
  also: { 'of it not shared with anybody, MB': anonymousMb },
})

const yardstick = (): Promise<Round> =>
  withBare(async (bare) => {
    const connection = await Connection.open(bare.target())
    await connection.request('GET', '/readyz')
    connection.close()
    await settle()
    return roundOf(bare.memory())
  })

async function round(options: readonly string[], prepare: (cluster: Cluster) => Promise<void>): Promise<Round> {
  let memory: Memory | undefined
  await withCluster(options, async (cluster) => {
    await prepare(cluster)
    await settle()
    memory = cluster.memory()
  })
  if (memory === undefined) throw new Error('nothing was measured')
  return roundOf(memory)
}

export const idleMemory: Bench = {
  name: 'idle-memory',
  about: 'sum of PSS of all Berth processes, three simulated nodes, ten seconds after the start',
  unit: 'MB',
  must: atMost(130),
  rounds: 3,
  run: (use) => use({ berth: () => round(['--runtime', 'simulated', '--nodes', '3'], async () => {}), yardstick }),
}

export const idleMemoryReal: Bench = {
  name: 'idle-memory-real',
  about: 'the same with one real node and two real pods, containerd and its shims included',
  unit: 'MB',
  must: atMost(280),
  rounds: 3,
  run: (use) => use({ berth: () => round(['--runtime', 'containerd', '--nodes', '1'], startTwoPods), yardstick }),
}

async function startTwoPods(cluster: Cluster): Promise<void> {
  const connection = await cluster.connect()
  for (const name of ['one', 'two']) await connection.request('POST', PODS, { body: pod(name) })
  await until(async () => {
    const { body } = await connection.request('GET', PODS)
    const { items } = JSON.parse(`${body}`) as { items: { status: { phase: string } }[] }
    return items.every(({ status }) => status.phase === 'Running') ? true : undefined
  }, 'two running pods')
  connection.close()
}
