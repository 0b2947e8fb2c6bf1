import assert from 'node:assert/strict'
import { eventually, type TestCluster } from './test_cluster.ts'

/** The images that a replicated MySQL needs. */
export const MYSQL_IMAGES = ['mysql:5.7', 'gcr.io/google-samples/xtrabackup:1.0'] as const

const READY_MS_MAX = 120_000

/** The members of a set `mysql` in one namespace, asked and treated as a user would. */
export interface MysqlMembers {
  /** kubectl in this namespace. */
  kubectl(args: string | readonly string[], input?: string): Promise<string>
  /** A script in one container of a member. */
  inside(member: string, container: 'mysql' | 'xtrabackup', script: string): Promise<string>
  /** A statement on a member; columns are parted by tabs, rows by line ends. */
  sql(member: string, statement: string): Promise<string>
  log(member: string, container: string, ...flags: readonly string[]): Promise<string>
  /** A jsonpath of a member's pod. */
  field(member: string, path: string): Promise<string>
  untilReady(members: number): Promise<void>
  /** Waits until another pod has the member's name. */
  untilNew(member: string, oldUid: string): Promise<void>
  /** Ends the sidecar's first process and waits until the container runs again. */
  endSidecar(member: string): Promise<void>
  /** Both threads of the replica run, and the primary is the one that it looks for by name. */
  untilFollowing(member: string): Promise<void>
  /** What `mysql-0` has, all these have too. */
  untilSameRows(members: readonly string[], query: string): Promise<string>
}

export function mysqlMembers(cluster: TestCluster, namespace: string): MysqlMembers {
  const kubectl = (args: string | readonly string[], input?: string) =>
    cluster.kubectl(['-n', namespace, ...(typeof args === 'string' ? args.split(' ') : args)], input)
  const inside = (member: string, container: string, script: string) =>
    kubectl(['exec', member, '-c', container, '--', 'bash', '-c', script])
  const sql = (member: string, statement: string) =>
    kubectl(['exec', member, '-c', 'mysql', '--', 'mysql', '-h', '127.0.0.1', '-N', '-e', statement])
  const field = (member: string, path: string) => kubectl(['get', 'pod', member, '-o', `jsonpath=${path}`])
  return {
    kubectl,
    inside,
    sql,
    field,
    log: (member, container, ...flags) => kubectl(['logs', member, '-c', container, ...flags]),
    untilReady: async (members) => {
      const ask = async () =>
        assert.equal(await kubectl('get statefulset mysql -o jsonpath={.status.readyReplicas}'), `${members}`)
      await eventually(`${members} members of ${namespace} are ready`, ask, READY_MS_MAX)
    },
    untilNew: async (member, oldUid) => {
      const ask = async () => assert.notEqual(await field(member, '{.metadata.uid}'), oldUid)
      await eventually(`${namespace} has another ${member}`, ask)
    },
    endSidecar: async (member) => {
      const restarts = () => field(member, '{.status.containerStatuses[?(@.name=="xtrabackup")].restartCount}')
      const before = Number(await restarts())
      // The first process takes this command with it.
      await inside(member, 'xtrabackup', 'kill 1').catch(() => {})
      await eventually('the sidecar runs again', async () => assert.equal(Number(await restarts()), before + 1))
    },
    untilFollowing: async (member) => {
      await eventually(`${member} of ${namespace} follows`, async () => {
        const status = await inside(member, 'mysql', "mysql -e 'SHOW SLAVE STATUS\\G'")
        for (const line of ['Master_Host: mysql-0.mysql', 'Slave_IO_Running: Yes', 'Slave_SQL_Running: Yes']) {
          assert.ok(status.includes(line), status)
        }
      })
    },
    untilSameRows: async (members, query) => {
      const wanted = await sql('mysql-0', query)
      for (const member of members) {
        await eventually(`${member} of ${namespace} has the rows`, async () =>
          assert.equal(await sql(member, query), wanted),
        )
      }
      return wanted
    },
  }
}
