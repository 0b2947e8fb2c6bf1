import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseTutorial } from '../../src/cli/tutorial/document.ts'
import { partUntil } from '../../src/cli/tutorial/part.ts'
import { playTutorial as play } from '../../src/cli/tutorial/play.ts'
import { screenReport } from '../../src/cli/tutorial/screen.ts'
import { projectRoot } from '../support/berth.ts'
import { eventually, type TestCluster } from '../support/test_cluster.ts'
import type { MemberRows } from './checker.ts'

/** The replicated database of the tutorial, as its manifests stand there, and a client pod for the writer. */

const TABLE = 'proof.row_log'
/** Not unique, so that a row that was written twice stands there twice instead of being hidden by an error. */
const SCHEMA = `CREATE DATABASE proof; CREATE TABLE ${TABLE} (
  place BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, id INT NOT NULL, KEY (id)) ENGINE=InnoDB`
const CLIENT = 'writer'
const READY_MS_MAX = 180_000
const CATCH_UP_MS_MAX = 60_000

/** Writes the row unless it is there, and prints its id. */
export const insertStatement = (id: number): string =>
  `INSERT INTO ${TABLE} (id) SELECT ${id} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${TABLE} WHERE id = ${id}); SELECT ${id};`

export class Database {
  readonly #cluster: TestCluster

  constructor(cluster: TestCluster) {
    this.#cluster = cluster
  }

  /** Does what the tutorial says, waits for three members, and makes the table and the client's pod. */
  async create(): Promise<void> {
    await playTutorial(this.#cluster)
    await this.untilReady(3)
    await this.#cluster.kubectl('apply -f -', clientPod(await this.nodeOf('mysql-2')))
    await this.#cluster.kubectl(`wait --for=condition=Ready pod/${CLIENT} --timeout=60s`)
    await this.sql('mysql-0', SCHEMA)
  }

  /** The command line of a kept connection to the primary. */
  clientCommand(): readonly string[] {
    const mysql = ['mysql', '-h', 'mysql-0.mysql', '--skip-column-names', '--unbuffered', '--connect-timeout=2']
    return ['kubectl', 'exec', '-i', CLIENT, '--', ...mysql]
  }

  nodeOf(pod: string): Promise<string> {
    return this.#cluster.kubectl(['get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName}'])
  }

  nodeOfClient(): Promise<string> {
    return this.nodeOf(CLIENT)
  }

  /** Waits until the set has so many ready members, and no other pods. */
  async untilReady(members: number): Promise<void> {
    const ready = '{range .items[*]}{.metadata.deletionTimestamp}{.status.conditions[?(@.type=="Ready")].status} {end}'
    const args = ['get', 'pods', '-l', 'app=mysql', '-o', `jsonpath=${ready}`]
    const wanted = 'True '.repeat(members).trim()
    const ask = async () => assert.equal((await this.#cluster.kubectl(args)).trim(), wanted)
    await eventually(`${members} members are ready`, ask, READY_MS_MAX)
  }

  /** Through the server's socket, at which root may do what a replica refuses to everybody else. */
  async sql(member: string, statement: string): Promise<string> {
    const mysql = ['mysql', '--skip-column-names', '--batch', '-e', statement]
    return await this.#cluster.kubectl(['exec', member, '-c', 'mysql', '--', ...mysql])
  }

  /** Replication keeps the order of the primary's log: who has the last row has had the chance to get all. */
  async untilCaughtUp(member: string, id: number): Promise<void> {
    const ask = async () =>
      assert.equal((await this.sql(member, `SELECT id FROM ${TABLE} WHERE id = ${id} LIMIT 1`)).trim(), `${id}`)
    await eventually(`${member} has row ${id}`, ask, CATCH_UP_MS_MAX)
  }

  async rowsOf(member: string): Promise<MemberRows> {
    const printed = await this.sql(member, `SELECT id FROM ${TABLE}`)
    return { member, ids: printed.split('\n').filter(Boolean).map(Number) }
  }

  /** Takes a row from this member alone, behind the back of replication. */
  removeRow(member: string, id: number): Promise<string> {
    return this.#alone(member, `DELETE FROM ${TABLE} WHERE id = ${id}`)
  }

  /** Writes a row on this member alone, also when it is there already. */
  addRow(member: string, id: number): Promise<string> {
    return this.#alone(member, `INSERT INTO ${TABLE} (id) VALUES (${id})`)
  }

  #alone(member: string, statement: string): Promise<string> {
    return this.sql(member, `SET GLOBAL read_only = OFF; SET SESSION sql_log_bin = 0; ${statement}`)
  }
}

/** Does what the document says until it applies the set, so that the manifests are those of the reader. */
async function playTutorial(cluster: TestCluster): Promise<void> {
  const text = readFileSync(join(projectRoot, 'tutorials/replicated-mysql.md'), 'utf8')
  const part = partUntil(parseTutorial(text, 'replicated-mysql.md'), 'kubectl apply -f mysql-statefulset.yaml')
  const directory = join(cluster.data, 'reader')
  mkdirSync(directory)
  let shown = ''
  const result = await play(
    part,
    { directory, env: { KUBECONFIG: cluster.kubeconfig } },
    {
      name: 'replicated-mysql.md',
      report: screenReport({ transcript: undefined, output: { write: (text) => (shown += text) } }),
      startOver: false,
      signal: AbortSignal.timeout(READY_MS_MAX),
    },
  )
  assert.deepEqual(result.failures, [], shown)
}

/** On the node of a member that is not drained, since nobody would bring a bare pod back. */
const clientPod = (node: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${CLIENT}}
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - {name: client, image: "mysql:5.7", command: [sleep, infinity]}
`
