import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bareStartMs } from '../harness/bare.ts'
import { atMost, type Bench, type Round } from '../harness/bench.ts'
import { type Cluster, kubectl, withCluster } from '../harness/cluster.ts'
import { until } from '../harness/wait.ts'

const MS = 1_000
/** What the replicas fetch the primary's log with; nothing outside the bench's own cluster ever sees it. */
const PASSWORD = 'made-up-for-the-bench'
const document = new URL('../../tutorials/replicated-mysql.md', import.meta.url)

/** Writes the manifests of the document as a reader would save them; answers their folder. */
function saveManifests(data: string): string {
  const folder = join(data, 'manifests')
  mkdirSync(folder, { recursive: true })
  const blocks = readFileSync(document, 'utf8').matchAll(/^```yaml file=(\S+)\n([\s\S]*?)^```$/gm)
  for (const [, name, text] of blocks) writeFileSync(join(folder, name ?? ''), text ?? '')
  return folder
}

async function round(cluster: Cluster, folder: string): Promise<Round> {
  const files = ['mysql-configmap.yaml', 'mysql-services.yaml', 'mysql-statefulset.yaml']
  const names = files.flatMap((file) => ['-f', join(folder, file)])
  const began = performance.now()
  await kubectl(cluster, ['apply', ...names])
  const connection = await cluster.connect()
  await until(async () => {
    const { body } = await connection.request('GET', '/apis/apps/v1/namespaces/default/statefulsets/mysql')
    return (JSON.parse(`${body}`) as { status: { readyReplicas?: number } }).status.readyReplicas === 3
      ? true
      : undefined
  }, 'three ready members')
  connection.close()
  const took = performance.now() - began
  await kubectl(cluster, ['delete', ...names])
  await kubectl(cluster, ['delete', 'pvc', '--all'])
  await kubectl(cluster, ['wait', '--for=delete', 'pods', '--all', '--timeout=60s'])
  return { value: took / MS }
}

export const replicatedMysql: Bench = {
  name: 'replicated-mysql',
  about: "kubectl apply of the tutorial's manifests until three members are Ready, images at hand",
  unit: 's',
  must: atMost(60),
  rounds: 3,
  run: (use) =>
    withCluster(['--runtime', 'containerd', '--nodes', '1'], async (cluster) => {
      const folder = saveManifests(cluster.data)
      // The document makes it up by hand, before the manifests.
      await kubectl(cluster, [
        'create',
        'secret',
        'generic',
        'mysql-replication',
        `--from-literal=password=${PASSWORD}`,
      ])
      await round(cluster, folder) // builds the images
      await use({
        berth: () => round(cluster, folder),
        yardstick: async () => ({ value: (await bareStartMs()) / MS }),
      })
    }),
}
