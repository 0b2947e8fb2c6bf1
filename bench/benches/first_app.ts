import { bareStartMs } from '../harness/bare.ts'
import { atMost, type Bench, type Round } from '../harness/bench.ts'
import { type Cluster, withCluster } from '../harness/cluster.ts'
import { BUSYBOX, headlessService, PODS, SERVICES, STATEFUL_SETS, statefulSet } from '../harness/objects.ts'
import { until } from '../harness/wait.ts'

/** Asks `web-0` by its name until it answers, and says so. */
const clientPod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'client',
        image: BUSYBOX,
        command: [
          'sh',
          '-c',
          'until wget -q -O - http://web-0.web; do usleep 10000; done; echo it answers; sleep 3600',
        ],
      },
    ],
  },
})

const MS = 1_000

async function round(cluster: Cluster): Promise<Round> {
  await cluster.down()
  const began = performance.now()
  await cluster.up()
  const up = performance.now()
  const connection = await cluster.connect()
  await connection.request('POST', SERVICES, { body: headlessService('web') })
  await connection.request('POST', PODS, { body: clientPod })
  await connection.request('POST', STATEFUL_SETS, { body: statefulSet('web', 1, 'OrderedReady') })
  await until(async () => {
    const { status, body } = await connection.ask('GET', `${PODS}/client/log`)
    return status === 200 && body.includes('it answers') ? true : undefined
  }, 'an answer of web-0')
  const answered = performance.now()
  await clear(cluster)
  connection.close()
  return { value: (answered - began) / MS, also: { 'of it berth up, s': (up - began) / MS } }
}

async function clear(cluster: Cluster): Promise<void> {
  const connection = await cluster.connect()
  for (const path of [`${STATEFUL_SETS}/web`, `${PODS}/client`, `${SERVICES}/web`]) {
    await connection.request('DELETE', path)
  }
  await until(async () => {
    const { body } = await connection.request('GET', PODS)
    return (JSON.parse(`${body}`) as { items: unknown[] }).items.length === 0 ? true : undefined
  }, 'the end of the pods')
  connection.close()
}

export const firstApp: Bench = {
  name: 'first-app',
  about: '`berth up` on a stopped cluster, images at hand, until web-0 answers by its DNS name inside a pod',
  unit: 's',
  must: atMost(2),
  run: (use) =>
    withCluster(['--runtime', 'containerd', '--nodes', '1'], async (cluster) => {
      await round(cluster) // brings the images
      await use({
        berth: () => round(cluster),
        yardstick: async () => ({ value: (await bareStartMs()) / MS }),
      })
    }),
}
