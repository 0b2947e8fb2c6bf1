import { withBare } from '../harness/bare.ts'
import { atLeast, atMost, type Bench, type Must, type Round } from '../harness/bench.ts'
import { type Cluster, withCluster } from '../harness/cluster.ts'
import { Connection, type Target } from '../harness/connection.ts'
import { load } from '../harness/load.ts'
import { PODS, pod, waitingPod } from '../harness/objects.ts'
import { until, watching } from '../harness/wait.ts'

const NODES = ['--runtime', 'simulated', '--nodes', '3', '--node-size', 'cpu=1000,memory=4000Gi,pods=20000']
const MANY = 10_000

const createPods = (target: Target, prefix: string, count: number, bodyOf = pod) =>
  load(target, {
    clients: 16,
    count,
    request: (index) => ({ method: 'POST', path: PODS, body: bodyOf(`${prefix}-${index}`) }),
  })

const createWaiting = (target: Target, prefix: string, count: number) => createPods(target, prefix, count, waitingPod)

/** Tells of each pod once, when it runs: who measures should not be most of what is measured. */
const RUNNING_PODS = `${PODS}?labelSelector=app%3Dbench&fieldSelector=status.phase%3DRunning`

/** Creates pods and resolves when all of them are Running. */
async function createRunning(target: Target, prefix: string, count: number): Promise<void> {
  const running = new Set<string>()
  // From now on: the pods of earlier rounds are nobody's business.
  const watch = await watching(target, `${RUNNING_PODS}&resourceVersion=${await versionOf(target)}`)
  const all = watch.until(({ object }) => {
    const { name } = object.metadata
    if (name.startsWith(`${prefix}-`)) running.add(name)
    return running.size === count
  }, `${count} running pods`)
  await createPods(target, prefix, count)
  await all
  watch.close()
}

async function versionOf(target: Target): Promise<string> {
  const connection = await Connection.open(target)
  const { body } = await connection.request('GET', `${PODS}?limit=1`)
  connection.close()
  return (JSON.parse(`${body}`) as { metadata: { resourceVersion: string } }).metadata.resourceVersion
}

const RUNNING_COUNT = 2_000

export const createPodRunning: Bench = {
  name: 'create-pod-running',
  about: `${RUNNING_COUNT} pods created by 16 clients until all are Running on three simulated nodes`,
  unit: '/s',
  must: atLeast(1_000),
  warmUp: 3,
  run: (use) =>
    withCluster(NODES, (cluster) =>
      withBare(async (bare) => {
        let round = 0
        await use({
          berth: async () => {
            const began = performance.now()
            await createRunning(cluster.target(), `made-${round++}`, RUNNING_COUNT)
            return { value: (RUNNING_COUNT * 1_000) / (performance.now() - began) }
          },
          yardstick: async () => ({
            value: (await createPods(bare.target(), `made-${round}`, RUNNING_COUNT)).perSecond,
          }),
        })
      }),
    ),
}

interface ListBench {
  readonly name: string
  readonly about: string
  readonly must?: Must
  readonly query?: string
  readonly accept?: string
  readonly create: (target: Target, prefix: string, count: number) => Promise<unknown>
}

/** Times one list of 10,000 pods. */
function listBench({ query = '', accept, create, ...head }: ListBench): Bench {
  const time = async (target: Target): Promise<Round> => {
    const connection = await Connection.open(target)
    const options = accept === undefined ? {} : { accept }
    await connection.request('GET', `${PODS}?limit=1`, options)
    const began = performance.now()
    const { body } = await connection.request('GET', `${PODS}${query}`, options)
    const took = performance.now() - began
    connection.close()
    return { value: took, also: { 'answer, MB': body.length / 1e6 } }
  }
  return {
    ...head,
    unit: 'ms',
    rounds: 11,
    run: (use) =>
      withCluster(NODES, (cluster) =>
        withBare(async (bare) => {
          await create(cluster.target(), 'kept', MANY)
          await copyPods(cluster, bare.target())
          await use({ berth: () => time(cluster.target()), yardstick: () => time(bare.target()) })
        }),
      ),
  }
}

/** The bare server gets the same bytes to list. */
async function copyPods(cluster: Cluster, target: Target): Promise<void> {
  const connection = await cluster.connect()
  const { body } = await connection.request('GET', PODS)
  connection.close()
  const { items } = JSON.parse(`${body}`) as { items: unknown[] }
  const request = (index: number) => ({ method: 'POST', path: PODS, body: JSON.stringify(items[index]) })
  await load(target, { clients: 64, count: items.length, request })
}

// The figures that stand beside these were taken of lists of 22 MB: pods that no node has told anything about.
export const list10000 = listBench({
  name: 'list-10000',
  about: 'one list of 10,000 waiting pods as JSON, 22 MB',
  must: atMost(100),
  create: createWaiting,
})
export const listLimit500 = listBench({
  name: 'list-limit-500',
  about: 'the first 500 of 10,000 waiting pods',
  must: atMost(6),
  query: '?limit=500',
  create: createWaiting,
})
export const listTable = listBench({
  name: 'list-table',
  about: 'the first 500 of 10,000 running pods as a Table',
  must: atMost(12),
  query: '?limit=500',
  accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  create: createRunning,
})
export const list10000Running = listBench({
  name: 'list-10000-running',
  about: 'one list of 10,000 running pods as JSON, 42 MB',
  create: createRunning,
})

export const memory10000Pods: Bench = {
  name: 'memory-10000-pods',
  about: 'sum of PSS of all Berth processes with 10,000 running pods on simulated nodes, half a minute later',
  unit: 'MB',
  must: atMost(400),
  rounds: 1,
  run: (use) =>
    use({
      berth: async () => {
        let pssMb = Number.NaN
        await withCluster(NODES, async (cluster) => {
          await createRunning(cluster.target(), 'kept', MANY)
          await settle()
          pssMb = cluster.memory().pssMb
        })
        return { value: pssMb }
      },
      yardstick: () =>
        withBare(async (bare) => {
          await createPods(bare.target(), 'kept', MANY)
          await settle()
          return { value: bare.memory().pssMb }
        }),
    }),
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 30_000))

/** Waits until no pod is left. */
export async function untilNoPods(target: Target): Promise<void> {
  const connection = await Connection.open(target)
  await until(async () => {
    const { body } = await connection.request('GET', `${PODS}?limit=1`)
    return (JSON.parse(`${body}`) as { items: unknown[] }).items.length === 0 ? true : undefined
  }, 'the end of the pods')
  connection.close()
}
