import assert from 'node:assert/strict'
import { eventually, type TestCluster } from '../support/test_cluster.ts'
import type { Database } from './database.ts'

/** Something that happens to a database in its daily life; it is over when every member is ready again. */
export interface Fault {
  readonly name: string
  /** How many there are afterwards. */
  readonly members: number
  run(database: Database, cluster: TestCluster): Promise<void>
}

export const faults: readonly Fault[] = [
  { name: 'replica mysql-2 deleted', members: 3, run: (database, cluster) => deletePod(database, cluster, 'mysql-2') },
  { name: 'primary mysql-0 deleted', members: 3, run: (database, cluster) => deletePod(database, cluster, 'mysql-0') },
  { name: 'node drained', members: 3, run: drainNode },
  { name: 'scaled from 3 to 5', members: 5, run: (database, cluster) => scale(database, cluster, 5) },
  { name: 'scaled from 5 to 3', members: 3, run: (database, cluster) => scale(database, cluster, 3) },
]

async function deletePod(database: Database, { kubectl }: TestCluster, pod: string): Promise<void> {
  const uid = ['get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}']
  const before = await kubectl(uid)
  await kubectl(`delete pod ${pod}`)
  await eventually(`${pod} is a new pod`, async () => assert.notEqual(await kubectl(uid), before))
  await database.untilReady(3)
}

/** Drains the node of the first member that does not share its node with the client. */
async function drainNode(database: Database, { kubectl }: TestCluster): Promise<void> {
  const client = await database.nodeOfClient()
  const nodes = await Promise.all(['mysql-0', 'mysql-1', 'mysql-2'].map((pod) => database.nodeOf(pod)))
  const node = nodes.find((name) => name !== client)
  assert.ok(node !== undefined, 'all members are on one node')
  const moved = ['mysql-0', 'mysql-1', 'mysql-2'].filter((_, ordinal) => nodes[ordinal] === node)
  await kubectl(`drain ${node} --ignore-daemonsets --delete-emptydir-data --timeout=60s`)
  await database.untilReady(3)
  for (const pod of moved) assert.notEqual(await database.nodeOf(pod), node)
  await kubectl(`uncordon ${node}`)
}

async function scale(database: Database, { kubectl }: TestCluster, members: number): Promise<void> {
  await kubectl(`scale statefulset mysql --replicas=${members}`)
  await database.untilReady(members)
}
