import { withBare } from '../harness/bare.ts'
import { atMost, type Bench, type Must } from '../harness/bench.ts'
import { type Cluster, withCluster } from '../harness/cluster.ts'
import type { Target } from '../harness/connection.ts'
import { load } from '../harness/load.ts'
import { headlessService, PODS, pod, SERVICES, STATEFUL_SETS, statefulSet } from '../harness/objects.ts'
import { watching } from '../harness/wait.ts'
import { untilNoPods } from './pods.ts'

const SIMULATED = ['--runtime', 'simulated', '--nodes', '3', '--node-size', 'cpu=1000,memory=4000Gi,pods=20000']
const REAL = ['--runtime', 'containerd', '--nodes', '1']

/** Changes the number of replicas of the set `web` and resolves when `readyReplicas` agrees. */
async function scale(cluster: Cluster, replicas: number): Promise<number> {
  const watch = await watching(cluster.target(), `${STATEFUL_SETS}?fieldSelector=metadata.name%3Dweb`)
  const connection = await cluster.connect()
  const done = watch.until(
    ({ object }) =>
      object.spec?.['replicas'] === replicas &&
      (object.status?.['readyReplicas'] ?? 0) === replicas &&
      object.status?.['replicas'] === replicas,
    `${replicas} ready replicas`,
  )
  const began = performance.now()
  await connection.request('PATCH', `${STATEFUL_SETS}/web`, {
    body: JSON.stringify({ spec: { replicas } }),
    type: 'application/merge-patch+json',
  })
  await done
  const took = performance.now() - began
  watch.close()
  connection.close()
  return took
}

async function makeSet(cluster: Cluster, policy: 'OrderedReady' | 'Parallel'): Promise<void> {
  const connection = await cluster.connect()
  await connection.request('POST', SERVICES, { body: headlessService('web') })
  await connection.request('POST', STATEFUL_SETS, { body: statefulSet('web', 0, policy) })
  connection.close()
}

/** Four writes make a pod ready: created, bound, and two of its status. The bare server's time for as many. */
async function bareWrites(target: Target, pods: number, round: number): Promise<number> {
  const count = pods * 4
  const request = (index: number) => ({ method: 'POST', path: PODS, body: pod(`pod-${round}-${index}`) })
  return (count * 1_000) / (await load(target, { clients: 16, count, request })).perSecond
}

const PARALLEL = 1_000

function parallelBench(name: string, direction: 'up' | 'down', must: Must): Bench {
  return {
    name,
    about: `a Parallel StatefulSet from ${direction === 'up' ? `0 to ${PARALLEL} ready` : `${PARALLEL} to 0`} pods, simulated`,
    unit: 's',
    must,
    warmUp: 1,
    run: (use) =>
      withCluster(SIMULATED, (cluster) =>
        withBare(async (bare) => {
          await makeSet(cluster, 'Parallel')
          let round = 0
          await use({
            berth: async () => {
              const [upMs, downMs] = [await scale(cluster, PARALLEL), await scale(cluster, 0)]
              await untilNoPods(cluster.target())
              return { value: (direction === 'up' ? upMs : downMs) / 1_000 }
            },
            yardstick: async () => ({ value: (await bareWrites(bare.target(), PARALLEL, round++)) / 1_000 }),
          })
        }),
      ),
  }
}

export const parallelUp = parallelBench('statefulset-parallel-1000-up', 'up', atMost(1.5))
export const parallelDown = parallelBench('statefulset-parallel-1000-down', 'down', atMost(0.8))

const ORDERED = 20

export const ordered20: Bench = {
  name: 'statefulset-ordered-20',
  about: `an OrderedReady StatefulSet from 0 to ${ORDERED} ready pods, simulated, per pod`,
  unit: 'ms',
  must: atMost(4),
  warmUp: 3,
  run: (use) =>
    withCluster(SIMULATED, (cluster) =>
      withBare(async (bare) => {
        await makeSet(cluster, 'OrderedReady')
        let round = 0
        await use({
          berth: async () => {
            const took = await scale(cluster, ORDERED)
            await scale(cluster, 0)
            await untilNoPods(cluster.target())
            return { value: took / ORDERED }
          },
          yardstick: async () => ({ value: (await bareWrites(bare.target(), ORDERED, round++)) / ORDERED }),
        })
      }),
    ),
}

const REAL_PODS = 10

export const orderedRealPods: Bench = {
  name: 'ordered-real-pods',
  about: `${REAL_PODS} more pods of an OrderedReady StatefulSet on real containers, no probes, per pod`,
  unit: 's',
  must: atMost(0.3),
  rounds: 3,
  run: (use) =>
    withCluster(REAL, (cluster) =>
      withBare(async (bare) => {
        await makeSet(cluster, 'OrderedReady')
        await scale(cluster, 1) // brings the image
        let round = 0
        await use({
          berth: async () => {
            const took = await scale(cluster, 1 + REAL_PODS)
            await scale(cluster, 1)
            return { value: took / REAL_PODS / 1_000 }
          },
          yardstick: async () => ({
            value: (await bareWrites(bare.target(), REAL_PODS, round++)) / REAL_PODS / 1_000,
          }),
        })
      }),
    ),
}
