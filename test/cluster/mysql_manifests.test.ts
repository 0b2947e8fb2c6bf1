import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { MYSQL_IMAGES, type MysqlMembers, mysqlMembers } from '../support/mysql_members.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/**
 * The manifests that task pages of two ages deploy run unchanged, and the gaps of their scripts do no harm. The
 * older ones rename the statements of replication before they run, the newer ones afterwards.
 */

const manifestOf = (age: string) => readFileSync(new URL(`testdata/mysql-${age}.yaml`, import.meta.url), 'utf8')
const WRITE = `CREATE DATABASE test; CREATE TABLE test.messages (message VARCHAR(250)); INSERT INTO test.messages VALUES ('hello')`
const READ = 'SELECT message FROM test.messages'

// Side by side, since each waits most of the time; the tests of one set follow each other.
describe('manifests of a replicated MySQL, unchanged', { concurrency: 2 }, () => {
  const cluster = testCluster()
  const older = mysqlMembers(cluster, 'older')
  const newer = mysqlMembers(cluster, 'newer')
  before(async () => {
    await giveImages(cluster, ...MYSQL_IMAGES)
    await cluster.up('--runtime', 'containerd', '--nodes', '3')
    await cluster.kubectl('create namespace older')
    await cluster.kubectl('create namespace newer')
    await Promise.all([
      older.kubectl('apply -f -', manifestOf('older')),
      newer.kubectl('apply -f -', manifestOf('newer')),
    ])
    await Promise.all([older.untilReady(3), newer.untilReady(3)])
  })

  describe('with the older scripts', { concurrency: 1 }, () => {
    testPrimaryAndReplicas(older)

    test('notice that the donor of a clone is ended half-way, throw the half away, and clone again', async () => {
      // A donor that gets stuck after 3 MB; the member that replaces it has the image's own program again.
      const stuck = '#!/bin/bash\\nxtrabackup.whole "$@" | head -c 3000000\\nsleep 60\\n'
      await older.inside(
        'mysql-2',
        'xtrabackup',
        `cd /usr/bin && mv xtrabackup xtrabackup.whole && printf '${stuck}' > xtrabackup && chmod +x xtrabackup`,
      )
      await older.kubectl('scale statefulset mysql --replicas=4')
      await eventually('the clone is half-way', async () =>
        assert.match(await older.log('mysql-3', 'clone-mysql'), /extracting into/),
      )
      await older.kubectl('delete pod mysql-2 --force --grace-period=0')
      await eventually('the half copy is noticed', async () =>
        assert.match(await older.log('mysql-3', 'clone-mysql', '--previous'), /ended before it was whole.*thrown away/),
      )
      await older.untilReady(4)
      assert.match(await older.log('mysql-3', 'clone-mysql'), /the copy is whole, prepared, on disk, and in its place/)
      assert.equal(await older.untilSameRows(['mysql-3'], READ), 'hello\n')
      await older.untilFollowing('mysql-3')
    })
  })

  describe('with the newer scripts', { concurrency: 1 }, () => {
    testPrimaryAndReplicas(newer)

    test('let replicas find a primary that comes back with another address', async () => {
      const address = await newer.field('mysql-0', '{.status.podIP}')
      await newer.kubectl('delete pod mysql-0')
      await newer.untilReady(3)
      assert.notEqual(await newer.field('mysql-0', '{.status.podIP}'), address)
      await newer.sql('mysql-0', `INSERT INTO test.messages VALUES ('again')`)
      assert.equal(await newer.untilSameRows(['mysql-1', 'mysql-2'], READ), 'hello\nagain\n')
    })

    test('change nothing when init containers run again, and a replica goes on where it stopped', async () => {
      const settings = await newer.inside('mysql-1', 'mysql', 'cat /etc/mysql/conf.d/*')
      const uid = await newer.field('mysql-1', '{.metadata.uid}')
      await newer.kubectl('delete pod mysql-1 --wait=false')
      await newer.sql('mysql-0', `INSERT INTO test.messages VALUES ('meanwhile')`)
      await newer.untilNew('mysql-1', uid)
      await newer.untilReady(3)
      assert.equal(await newer.inside('mysql-1', 'mysql', 'cat /etc/mysql/conf.d/*'), settings)
      assert.doesNotMatch(await newer.log('mysql-1', 'clone-mysql'), /ncat/)
      assert.equal(await newer.untilSameRows(['mysql-1'], READ), 'hello\nagain\nmeanwhile\n')
    })
  })
})

function testPrimaryAndReplicas(members: MysqlMembers): void {
  test('make a primary and two replicas, by the ordinal', async () => {
    const ids = await Promise.all([0, 1, 2].map((ordinal) => members.sql(`mysql-${ordinal}`, 'SELECT @@server_id')))
    assert.deepEqual(ids, ['100\n', '101\n', '102\n'])
    await members.sql('mysql-0', WRITE)
    assert.equal(await members.untilSameRows(['mysql-1', 'mysql-2'], READ), 'hello\n')
    for (const replica of ['mysql-1', 'mysql-2']) {
      await members.untilFollowing(replica)
      await assert.rejects(members.sql(replica, 'CREATE DATABASE nowhere'), /ERROR 1290/)
    }
  })

  test('do not set up replication again when a sidecar starts again', async () => {
    assert.match(await members.log('mysql-2', 'xtrabackup'), /^Initializing replication from clone position$/m)
    await members.endSidecar('mysql-2')
    await members.untilReady(3)
    assert.doesNotMatch(await members.log('mysql-2', 'xtrabackup'), /Initializing/)
    await members.untilFollowing('mysql-2')
  })
}
