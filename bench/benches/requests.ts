import { withBare } from '../harness/bare.ts'
import { atLeast, atMost, type Bench, type Must, type Round } from '../harness/bench.ts'
import { withCluster } from '../harness/cluster.ts'
import type { Target } from '../harness/connection.ts'
import { load } from '../harness/load.ts'
import { CONFIG_MAPS, configMap } from '../harness/objects.ts'

/** What one round does to a server; `round` counts them, so that names never meet. */
type Work = (target: Target, round: number) => Promise<Round>

/** A bench that does the same to Berth (three simulated nodes) and to the bare server. */
function onBoth(head: Omit<Bench, 'run'>, work: Work, prepare: (target: Target) => Promise<void>): Bench {
  return {
    ...head,
    run: (use) =>
      withCluster(['--runtime', 'simulated', '--nodes', '3'], (cluster) =>
        withBare(async (bare) => {
          for (const { target } of [cluster, bare]) {
            await prepare(target())
            await work(target(), 0)
          }
          let [own, other] = [0, 0]
          await use({
            berth: () => work(cluster.target(), ++own),
            yardstick: () => work(bare.target(), ++other),
          })
        }),
      ),
  }
}

const PREPARED = 500
const preparedName = (index: number) => `kept-${index % PREPARED}`
const P99 = 'p99, ms'

async function createPrepared(target: Target): Promise<void> {
  const request = (index: number) => ({ method: 'POST', path: CONFIG_MAPS, body: configMap(preparedName(index)) })
  await load(target, { clients: 16, count: PREPARED, request })
}

function createConfigMap(clients: number, count: number, must: Must, p99: Must): Bench {
  const head = {
    name: `create-configmap-${clients}`,
    about: `ConfigMaps of 0.6 KB created durably by ${clients} ${clients === 1 ? 'client' : 'clients'}`,
    unit: '/s',
    must,
    alsoMust: { [P99]: p99 },
  }
  const create: Work = async (target, round) => {
    const request = (index: number) => ({
      method: 'POST',
      path: CONFIG_MAPS,
      body: configMap(`made-${round}-${index}`),
    })
    const { perSecond, p99Ms } = await load(target, { clients, count, request })
    return { value: perSecond, also: { [P99]: p99Ms } }
  }
  return onBoth(head, create, async () => {})
}

export const createConfigMap1 = createConfigMap(1, 2_000, atLeast(1_000), atMost(4))
export const createConfigMap16 = createConfigMap(16, 6_000, atLeast(3_500), atMost(18))
export const createConfigMap64 = createConfigMap(64, 8_000, atLeast(4_500), atMost(40))

export const mergePatch = onBoth(
  { name: 'merge-patch', about: 'merge patches of 500 ConfigMaps by 16 clients', unit: '/s', must: atLeast(3_000) },
  async (target, round) => {
    const request = (index: number) => ({
      method: 'PATCH',
      path: `${CONFIG_MAPS}/${preparedName(index)}`,
      body: JSON.stringify({ metadata: { annotations: { round: `${round}-${index}` } } }),
      type: 'application/merge-patch+json',
    })
    const { perSecond, p99Ms } = await load(target, { clients: 16, count: 5_000, request })
    return { value: perSecond, also: { [P99]: p99Ms } }
  },
  createPrepared,
)

export const getOne = onBoth(
  { name: 'get', about: 'single ConfigMaps read by 16 clients', unit: '/s', must: atLeast(9_000) },
  async (target) => {
    const request = (index: number) => ({ method: 'GET', path: `${CONFIG_MAPS}/${preparedName(index)}` })
    const { perSecond, p99Ms } = await load(target, { clients: 16, count: 20_000, request })
    return { value: perSecond, also: { [P99]: p99Ms } }
  },
  createPrepared,
)
