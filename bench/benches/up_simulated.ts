import { bareStartMs } from '../harness/bare.ts'
import { atMost, type Bench, type Round } from '../harness/bench.ts'
import { withCluster } from '../harness/cluster.ts'
import { until } from '../harness/wait.ts'

const MS = 1_000

/** A new cluster each time; what is timed is the first `up`, so the set-up is the measurement. */
async function round(): Promise<Round> {
  const began = performance.now()
  let took = Number.NaN
  let apiMs = Number.NaN
  await withCluster(['--runtime', 'simulated', '--nodes', '3'], async (cluster) => {
    const connection = await cluster.connect()
    await until(
      async () => {
        const { status } = await connection.ask('GET', '/api/v1/namespaces/default/serviceaccounts/default')
        return status === 200 ? true : undefined
      },
      'the default service account',
      1,
    )
    took = performance.now() - began
    connection.close()
    await cluster.down()
    const again = await cluster.up()
    apiMs = Number(/API ([\d.]+) s/.exec(again)?.[1]) * MS
  })
  return { value: took / MS, also: { 'daemon start to readyz, s': apiMs / MS } }
}

export const upSimulated: Bench = {
  name: 'up-simulated',
  about: '`berth up` of a new cluster until three simulated nodes are Ready and the default service account is there',
  unit: 's',
  must: atMost(0.8),
  alsoMust: { 'daemon start to readyz, s': atMost(0.6) },
  run: (use) => use({ berth: round, yardstick: async () => ({ value: (await bareStartMs()) / MS }) }),
}
