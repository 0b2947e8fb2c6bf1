import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { parseArgs } from 'node:util'
import { MemberWatch } from '../../src/cli/tutorial/members/member_watch.ts'
import { AcknowledgedFile } from '../proof/acknowledged_file.ts'
import { checkRows, findingLines, isKept } from '../proof/checker.ts'
import { Database, insertStatement } from '../proof/database.ts'
import { type Fault, faults } from '../proof/faults.ts'
import { Writer } from '../proof/writer.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/**
 * The promise of a database: what was acknowledged is kept, on every member, once. A client writes row after row
 * to the replicated MySQL of the tutorial and notes each answer in a file outside the cluster, while members are
 * deleted, a node is drained and the set is scaled. `--rows N` writes more, and repeats the faults meanwhile.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '10000' } }, strict: false })
const ROWS = Number(values.rows)
const ROWS_PER_ROUND = 10_000
const ROUNDS = Math.ceil(ROWS / ROWS_PER_ROUND)
const STEADY_MS = 2_000
const ANSWER_MS_MAX = 60_000
const WRITING_MS_MAX = 120_000 * ROUNDS

describe('a replicated database while pods, nodes and its size change', () => {
  const cluster = testCluster()
  const database = new Database(cluster)
  const outside = mkdtempSync(join(tmpdir(), 'berth-rows-'))
  after(() => rmSync(outside, { recursive: true }))
  const acknowledged = new AcknowledgedFile(join(outside, 'acknowledged'))
  const writer = new Writer({
    command: database.clientCommand(),
    env: { KUBECONFIG: cluster.kubeconfig },
    statement: insertStatement,
    acknowledged,
  })
  const figure = (t: TestContext, text: string) => t.diagnostic(`figure: ${text}`)
  const membersNow = (count: number) => Array.from({ length: count }, (_, ordinal) => `mysql-${ordinal}`)

  before(async () => {
    await giveImages(cluster, 'mysql:5.7', 'gcr.io/google-samples/xtrabackup:1.0')
    await cluster.up('--runtime', 'containerd', '--nodes', '3')
  })

  const check = async (count: number) => {
    const promised = acknowledged.read()
    const last = promised.at(-1) ?? 0
    // A member that does not catch up is no error here: the checker tells what it misses.
    for (const member of membersNow(count)) await database.untilCaughtUp(member, last).catch(() => {})
    return checkRows(promised, await Promise.all(membersNow(count).map((member) => database.rowsOf(member))))
  }

  const during = async (t: TestContext, fault: Fault) => {
    const began = performance.now()
    await fault.run(database, cluster)
    const took = (performance.now() - began) / 1000
    const count = writer.count
    const answered = () => assert.ok(writer.count > count, writer.complaint)
    await eventually(`rows are written after: ${fault.name}`, answered, ANSWER_MS_MAX)
    const pause = writer.longestPauseSince(began) / 1000
    figure(t, `${fault.name}: ${took.toFixed(1)} s until all are ready, writes paused for ${pause.toFixed(1)} s`)
  }

  test(`keeps ${ROWS} acknowledged rows on all members, none twice`, async (t) => {
    await database.create()
    const began = performance.now()
    writer.start()
    try {
      await new Promise((resolve) => setTimeout(resolve, STEADY_MS))
      for (let round = 0; round < ROUNDS; round++) {
        for (const fault of faults) {
          await during(t, fault)
          if (fault.members === 5) assertKept(await check(5))
        }
      }
      await eventually(`${ROWS} rows are written`, () => assert.ok(writer.count >= ROWS), WRITING_MS_MAX)
    } finally {
      await writer.stop()
    }
    const perSecond = acknowledged.count / ((performance.now() - began) / 1000)
    figure(t, `${acknowledged.count} rows, ${perSecond.toFixed(0)} a second, over ${writer.connections} connections`)
    const findings = await check(3)
    for (const line of findingLines(findings)) figure(t, line)
    assertKept(findings)
  })

  test('is shown by the demo as a primary and two replicas that are up to date', async () => {
    const watch = new MemberWatch('app=mysql', { KUBECONFIG: cluster.kubeconfig })
    after(() => watch.close())
    await eventually('all have said what they are', () =>
      assert.deepEqual(
        watch.members.map(({ name, ready, role, lagSeconds, waitsFor }) => [name, ready, role, lagSeconds, waitsFor]),
        [
          ['mysql-0', '2/2', 'primary', undefined, ''],
          ['mysql-1', '2/2', 'replica', 0, ''],
          ['mysql-2', '2/2', 'replica', 0, ''],
        ],
      ),
    )
    watch.close()
  })

  test('would be found out if a member had lost a row, or had one twice', async (t) => {
    assert.ok(acknowledged.count > 0, 'no rows are written')
    const id = Math.ceil(acknowledged.count / 2)
    await database.removeRow('mysql-2', id)
    const lost = await check(3)
    assert.deepEqual(
      lost.map(({ missing, doubled }) => ({ missing, doubled })),
      [
        { missing: [], doubled: [] },
        { missing: [], doubled: [] },
        { missing: [id], doubled: [] },
      ],
    )
    await database.addRow('mysql-2', id)
    await database.addRow('mysql-1', id)
    const twice = await check(3)
    assert.deepEqual(
      twice.map(({ missing, doubled }) => ({ missing, doubled })),
      [
        { missing: [], doubled: [] },
        { missing: [], doubled: [id] },
        { missing: [], doubled: [] },
      ],
    )
    for (const findings of [lost, twice]) {
      assert.equal(findings.every(isKept), false)
      for (const line of findingLines(findings).filter((text) => /MISSING|TWICE/.test(text)))
        figure(t, `found: ${line}`)
    }
  })
})

function assertKept(findings: Parameters<typeof findingLines>[0]): void {
  assert.ok(findings.every(isKept), findingLines(findings).join('\n'))
}
