import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { parseTutorial } from '../../src/cli/tutorial/document.ts'
import { projectRoot } from '../support/berth.ts'
import { MYSQL_IMAGES, mysqlMembers } from '../support/mysql_members.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** The set as the tutorial writes it: what goes wrong in it is seen, repeated or refused. */

const steps = parseTutorial(readFileSync(join(projectRoot, 'tutorials/replicated-mysql.md'), 'utf8'), 'test').steps
const manifests = steps.flatMap((step) => (step.kind === 'file' && step.path.endsWith('.yaml') ? [step.content] : []))
const READY = '{range .status.containerStatuses[*]}{.name}={.ready} {end}'
/** As long as it takes the readiness probe to fail three times. */
const PROBES_MS = 7_000
const PASSWORD = 'a "password" with \\ and blanks'

describe("the tutorial's replicated MySQL", () => {
  const cluster = testCluster()
  const members = mysqlMembers(cluster, 'default')
  before(async () => {
    await giveImages(cluster, ...MYSQL_IMAGES)
    await cluster.up('--runtime', 'containerd', '--nodes', '3')
    await members.kubectl('create secret generic mysql-replication --from-literal=password=first')
    await members.kubectl('apply -f -', manifests.join('---\n'))
    await members.untilReady(3)
  })

  test('has a budget that lets one member go at a time', async () => {
    const uids = () => members.kubectl(['get', 'pods', '-o', 'jsonpath={range .items[*]}{.metadata.uid} {end}'])
    const before = await uids()
    const evict = async (name: string) => {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } }
      const url = `/api/v1/namespaces/default/pods/${name}/eviction`
      return await members.kubectl(['create', '--raw', url, '-f', '-'], JSON.stringify(eviction))
    }
    await evict('mysql-2')
    await assert.rejects(evict('mysql-1'), /Cannot evict pod as it would violate the pod's disruption budget/)
    await eventually('mysql-2 is another pod', async () => assert.notEqual(await uids(), before))
    await members.untilReady(3)
  })

  test('is not ready with a member that could not set up replication, and says why', async () => {
    await members.sql('mysql-0', `SET SESSION sql_log_bin = 0; DROP USER replication@'%'`)
    await members.kubectl('scale statefulset mysql --replicas=4')
    await eventually('mysql-3 says why', async () =>
      assert.match(await members.log('mysql-3', 'xtrabackup'), /Last_IO_Error: .*Access denied for user 'replication'/),
    )
    await eventually('its server is ready', async () =>
      assert.equal(await members.field('mysql-3', READY), 'mysql=true xtrabackup=false '),
    )
    // The primary's sidecar makes the user again when it starts.
    await members.endSidecar('mysql-0')
    await members.untilReady(4)
    await members.untilFollowing('mysql-3')
  })

  test('is not ready with a member that does not follow, and does not mind a primary that is away', async () => {
    await members.sql('mysql-1', 'STOP SLAVE SQL_THREAD')
    const ready = async (wanted: string) => assert.equal(await members.field('mysql-1', READY), wanted)
    await eventually('mysql-1 is not ready', () => ready('mysql=true xtrabackup=false '))
    await members.sql('mysql-1', 'START SLAVE')
    await eventually('mysql-1 is ready again', () => ready('mysql=true xtrabackup=true '))
    // Nowhere to go for the primary.
    await cluster.kubectl('cordon node-0 node-1 node-2')
    await members.kubectl('delete pod mysql-0')
    await eventually('mysql-1 looks for its primary', async () =>
      assert.match(
        await members.inside('mysql-1', 'mysql', `mysql -e 'SHOW SLAVE STATUS\\G'`),
        /Slave_IO_Running: Connecting/,
      ),
    )
    await setTimeout(PROBES_MS)
    await ready('mysql=true xtrabackup=true ')
    await cluster.kubectl('uncordon node-0 node-1 node-2')
    await members.untilReady(4)
  })

  test('clones nothing that was cut anywhere, and clears what an earlier attempt has left', async () => {
    const script = `
      set -e; cd /tmp; rm -rf whole t; mkdir t
      xtrabackup --backup --slave-info --stream=xbstream --host=127.0.0.1 --user=root > whole 2> /dev/null
      lengths="0 5 3000000 $(grep -abo XBSTCK01 whole | tail -n 40 | cut -d: -f1)"
      for length in $lengths; do
        if head -c $length whole | xbstream -x -C t 2> /dev/null; then
          echo "taken at $length of $(stat -c %s whole)"
        elif [[ -n $(ls -A t) ]]; then echo "left at $length: $(ls -A t)"; fi
      done
      mkdir -p t/.clone/mysql t/sys; touch t/ibdata1 t/sys/x.frm
      xbstream -x -C t < whole 2> /dev/null
      ls -A t
      xtrabackup --prepare --target-dir=/tmp/t 2> /dev/null
      ls -A t | grep -x -e mysql -e sys -e xtrabackup_slave_info -e .clone
      ls t/sys | grep x.frm || xbstream -x -C t < whole 2> /dev/null || echo a copy is not overwritten`
    const printed = (await members.inside('mysql-1', 'xtrabackup', script)).trimEnd().split('\n')
    // The cut behind the last file's content takes nothing away but the mark that the file has ended.
    assert.match(printed[0] ?? '', /^taken at \d+ of \d+$/)
    assert.deepEqual(printed.slice(1), ['.clone', 'mysql', 'sys', 'xtrabackup_slave_info', 'a copy is not overwritten'])
  })

  test('shows no password in a list of processes', async () => {
    const quoted = PASSWORD.replaceAll('\\', '\\\\')
    await members.sql(
      'mysql-0',
      `CREATE USER backup@'%' IDENTIFIED BY '${quoted}'; GRANT RELOAD, PROCESS, LOCK TABLES, REPLICATION CLIENT ON *.* TO backup@'%'`,
    )
    const script = `
      cd /tmp; cat > password; mkfifo stream
      xtrabackup --backup --user=backup --password="$(< password)" --host=127.0.0.1 --stream=xbstream > stream 2> log &
      exec 3< stream; sleep 1
      pgrep -c -x mariadb-backup
      grep -a -c -F -f password /proc/[0-9]*/cmdline | grep -v ':0$'
      cat <&3 > /dev/null; wait $! && tail -n 1 log; ls /tmp/tmp.* 2> /dev/null || true`
    const printed = await members.kubectl(
      ['exec', '-i', 'mysql-0', '-c', 'xtrabackup', '--', 'bash', '-c', script],
      PASSWORD,
    )
    assert.match(printed, /^1\n.* completed OK!\n$/)
  })

  test('refuses to begin with an empty primary while a replica has the data', async () => {
    await members.kubectl('delete pvc data-mysql-0 --wait=false')
    await members.kubectl('delete pod mysql-0')
    await eventually('mysql-0 refuses', async () =>
      assert.match(await members.log('mysql-0', 'init-mysql'), /mysql-0 has lost its data, but mysql-1 is up/),
    )
  })
})
