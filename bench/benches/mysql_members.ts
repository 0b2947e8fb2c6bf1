import { bareStartMs } from '../harness/bare.ts'
import { atMost, type Bench, type Round } from '../harness/bench.ts'
import { type Cluster, kubectl, withCluster } from '../harness/cluster.ts'
import type { Connection } from '../harness/connection.ts'
import { playReplicatedMysql } from '../harness/replicated_mysql.ts'
import { until } from '../harness/wait.ts'

/** How long a member of the replicated MySQL is away when its pod is deleted, or its node is drained. */

const MS = 1_000
const POD = 'mysql-2'

interface PodSeen {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string }
  readonly spec: { readonly nodeName?: string }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

export const mysqlReplicaDeleted: Bench = {
  name: 'mysql-replica-deleted',
  about: 'kubectl delete of a replica until its successor is Ready, by readiness probe and replication',
  unit: 's',
  must: atMost(15),
  rounds: 3,
  run: (use) =>
    withMembers((cluster, connection) =>
      use({
        berth: () => away(connection, () => kubectl(cluster, ['delete', 'pod', POD, '--wait=false'])),
        yardstick,
      }),
    ),
}

export const mysqlMemberDrained: Bench = {
  name: 'mysql-member-drained',
  about: 'kubectl drain of a member’s node until the member is Ready on another one, with its data',
  unit: 's',
  must: atMost(20),
  rounds: 3,
  run: (use) =>
    withMembers((cluster, connection) =>
      use({
        berth: async () => {
          const node = (await see(connection))?.spec.nodeName ?? ''
          const drain = ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data']
          const round = await away(connection, () => kubectl(cluster, drain))
          const other = (await see(connection))?.spec.nodeName
          if (other === node) throw new Error(`${POD} is on ${node} again, which is cordoned`)
          await kubectl(cluster, ['uncordon', node])
          return round
        },
        yardstick,
      }),
    ),
}

const yardstick = async () => ({ value: (await bareStartMs()) / MS })

/** Three members on three nodes, all Ready. */
function withMembers(use: (cluster: Cluster, connection: Connection) => Promise<void>): Promise<void> {
  return withCluster(['--runtime', 'containerd', '--nodes', '3'], async (cluster) => {
    await playReplicatedMysql(cluster, 'kubectl apply -f mysql-statefulset.yaml')
    await kubectl(cluster, ['rollout', 'status', 'statefulset/mysql', '--timeout=240s'])
    const connection = await cluster.connect()
    await use(cluster, connection)
    connection.close()
  })
}

/** From the order to the Ready condition of another pod of this name. */
async function away(connection: Connection, order: () => Promise<unknown>): Promise<Round> {
  const before = (await see(connection))?.metadata.uid
  const began = performance.now()
  const ordered = order()
  await until(async () => {
    const pod = await see(connection)
    return pod !== undefined && pod.metadata.uid !== before && isReady(pod) ? true : undefined
  }, `another ${POD} that is Ready`)
  const value = (performance.now() - began) / MS
  await ordered
  return { value }
}

async function see(connection: Connection): Promise<PodSeen | undefined> {
  const { status, body } = await connection.ask('GET', `/api/v1/namespaces/default/pods/${POD}`)
  return status === 200 ? (JSON.parse(`${body}`) as PodSeen) : undefined
}

const isReady = ({ status }: PodSeen) =>
  (status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
