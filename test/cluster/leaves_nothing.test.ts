import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { eventually, giveImages, isRunning, type TestCluster, testCluster } from '../support/test_cluster.ts'
import { footprintOf, type MachineState, machineState, tracesOf, writtenSince } from '../support/traces.ts'

/** What `berth down` owes: no process, mount, namespace, link, table or file, whatever died before. */

const POD = 'run web --image=busybox:1.28 --restart=Always -- sh -c'.split(' ')
const WAITS = [...POD, 'trap "exit 0" TERM; while :; do sleep 1; done']

describe('a simulated cluster', () => {
  const cluster = testCluster()
  let state: MachineState
  before(async () => {
    state = await machineState()
  })

  test('leaves nothing after down, and its data stays', async () => {
    await cluster.up('--runtime', 'simulated', '--nodes', '3')
    await cluster.kubectl('create configmap kept')
    await leavesNothing(cluster, state)
    await cluster.up()
    assert.match(await cluster.kubectl('get configmap kept'), /^kept /m)
  })

  test('leaves nothing after its berthd was killed', async () => {
    kill(cluster, 'berthd.json')
    await leavesNothing(cluster, state)
  })

  test('is gone for good with --purge', async () => {
    await cluster.up()
    const { code, printed } = await cluster.berth('down', '--purge')
    assert.equal(code, 0, printed)
    assert.equal(existsSync(cluster.data), false)
    assert.equal((await cluster.berth('down')).code, 0, 'there is nothing to stop, which is no failure')
  })
})

describe('three nodes with containers', () => {
  const cluster = testCluster()
  let state: MachineState
  before(async () => {
    state = await machineState()
    await giveImages(cluster, 'busybox:1.28')
    await cluster.up('--runtime', 'containerd', '--nodes', '3')
    await cluster.kubectl(WAITS)
    await cluster.kubectl('wait --for=condition=Ready pod/web --timeout=60s')
  })

  test('write no file outside the data directory', async () => {
    const marker = join(cluster.data, 'marker')
    writeFileSync(marker, '')
    await cluster.kubectl('delete pod web --now')
    await cluster.kubectl(WAITS)
    await cluster.kubectl('wait --for=condition=Ready pod/web --timeout=60s')
    assert.deepEqual(await writtenSince(marker), [])
    assert.deepEqual(await machineState(), state, 'the links and tables of the machine itself')
  })

  test('leave nothing after down', () => leavesNothing(cluster, state))

  for (const [what, victims] of [
    ['berthd', ['berthd.json']],
    ['an agent', ['node-0/agent.json']],
    ['a containerd', ['node-1/containerd.json']],
    ['all of them', ['berthd.json', 'node-0/agent.json', 'node-1/agent.json', 'node-0/containerd.json']],
  ] as const) {
    test(`leave nothing after kill -9 of ${what}`, async () => {
      await cluster.up()
      await eventually('the pod runs again', async () => {
        assert.match(await cluster.kubectl('get pod web'), /1\/1 +Running/)
      })
      for (const victim of victims) kill(cluster, victim)
      await leavesNothing(cluster, state)
    })
  }
})

function kill(cluster: TestCluster, runFile: string): void {
  const pid = cluster.pidOf(runFile)
  assert.ok(isRunning(pid), `${runFile} names a running process`)
  process.kill(pid, 'SIGKILL')
}

async function leavesNothing(cluster: TestCluster, before: MachineState): Promise<void> {
  const footprint = footprintOf(cluster.data)
  const { code, printed } = await cluster.berth('down')
  assert.equal(code, 0, printed)
  assert.deepEqual(tracesOf(cluster.data, footprint), [])
  assert.deepEqual(await machineState(), before, 'the links and tables of the machine itself')
  assert.ok(statSync(cluster.data).isDirectory(), 'the data stays')
  assert.deepEqual(
    readdirSync('/run').filter((name) => cluster.run.endsWith(name)),
    [],
  )
}
