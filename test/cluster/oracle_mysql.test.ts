import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { projectRoot } from '../support/berth.ts'
import { oracleMysql } from '../support/oracle_mysql.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** The tutorials' databases are MariaDB. This one is Oracle's own, with its dialect, its GTIDs and its positions by GTID. */

const START_MS_MAX = 90_000

describe('two members of Oracle MySQL 5.6, replicating by GTID', () => {
  const cluster = testCluster()
  const sql = async (member: string, text: string) =>
    (
      await cluster.kubectl(['exec', member, '-c', 'mysql', '--', 'mysql', '-h', '127.0.0.1', '-N', '-B', '-e', text])
    ).trim()
  const ready = () => cluster.kubectl(`rollout status statefulset/oracle --timeout=${START_MS_MAX / 1000}s`)
  /** What a replica says of its threads and of its source. */
  const replication = async (member: string) => {
    const status = await cluster.kubectl([
      'exec',
      member,
      '-c',
      'mysql',
      '--',
      'mysql',
      '-h',
      '127.0.0.1',
      '-e',
      'SHOW SLAVE STATUS\\G',
    ])
    return (field: string) => new RegExp(`^\\s*${field}: (.*)$`, 'm').exec(status)?.[1]
  }
  const follow = (member: string, source: string) =>
    sql(
      member,
      `STOP SLAVE; CHANGE MASTER TO MASTER_HOST='${source}.oracle', MASTER_USER='root', MASTER_CONNECT_RETRY=1,
      MASTER_AUTO_POSITION=1; START SLAVE; SET GLOBAL read_only=1`,
    )
  const names = (member: string) => sql(member, 'SELECT GROUP_CONCAT(name ORDER BY id) FROM shop.item')

  before(async () => {
    const server = await oracleMysql()
    await giveImages(cluster, 'mysql:5.7')
    await cluster.up('--runtime', 'containerd')
    const manifest = readFileSync(join(projectRoot, 'test/support/oracle_mysql/mysql.yaml'), 'utf8')
    await cluster.kubectl('apply -f -', manifest.replace('SERVER', server))
    await ready()
    await sql('oracle-0', 'CREATE DATABASE shop; CREATE TABLE shop.item (id INT PRIMARY KEY, name VARCHAR(20))')
    await follow('oracle-1', 'oracle-0')
  })

  test('is the real one', async () => {
    assert.match(
      await sql('oracle-0', "SELECT CONCAT(@@version, ' ', @@version_comment, ' ', @@gtid_mode)"),
      /^5\.6\.\d+.* ON$/,
    )
    assert.doesNotMatch(await sql('oracle-0', 'SELECT @@version'), /MariaDB/)
  })

  test('carries each transaction over under the same GTID', async () => {
    await sql('oracle-0', "INSERT INTO shop.item VALUES (1, 'anchor')")
    const written = await sql('oracle-0', 'SELECT @@global.gtid_executed')
    assert.equal(
      await sql('oracle-1', `SELECT WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS('${written.replaceAll('\n', '')}', 30)`),
      '0',
    )
    assert.equal(await names('oracle-1'), 'anchor')
    assert.equal(await sql('oracle-1', `SELECT GTID_SUBSET('${written}', @@global.gtid_executed)`), '1')
  })

  test('a replica that was deleted goes on from its own position', async () => {
    await cluster.kubectl('delete pod oracle-1')
    await sql('oracle-0', "INSERT INTO shop.item VALUES (2, 'buoy')")
    await eventually(
      'the replica has the second row',
      async () => assert.equal(await names('oracle-1'), 'anchor,buoy'),
      START_MS_MAX,
    )
    const status = await replication('oracle-1')
    assert.deepEqual(
      [status('Slave_IO_Running'), status('Slave_SQL_Running'), status('Auto_Position')],
      ['Yes', 'Yes', '1'],
    )
  })

  test('a primary that comes back under another address is found by its name', async () => {
    await cluster.kubectl('delete pod oracle-0')
    await ready()
    await eventually('the primary takes a row', () => sql('oracle-0', "REPLACE INTO shop.item VALUES (3, 'capstan')"))
    await eventually('the replica has it', async () => assert.equal(await names('oracle-1'), 'anchor,buoy,capstan'))
  })

  test('the roles can be changed without any position being named', async () => {
    await sql('oracle-1', 'STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only=0')
    await sql('oracle-1', "INSERT INTO shop.item VALUES (4, 'davit')")
    await follow('oracle-0', 'oracle-1')
    await eventually('the former primary follows', async () =>
      assert.equal(await names('oracle-0'), 'anchor,buoy,capstan,davit'),
    )
    const [first, second] = await Promise.all(
      ['oracle-0', 'oracle-1'].map((member) => sql(member, 'SELECT @@global.gtid_executed')),
    )
    assert.equal(first, second)
  })
})
