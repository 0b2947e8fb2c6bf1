import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, StatefulSet } from '../../../api/types.ts'
import { connectLines } from './connect_lines.ts'
import { membersOf } from './member.ts'
import { changedMembers, memberLines } from './member_lines.ts'
import { isWholeAnswer, readReplication } from './replication.ts'

const set = { metadata: { name: 'mysql' }, spec: { replicas: 3 } } as unknown as StatefulSet
const owner = { kind: 'StatefulSet', name: 'mysql' }

function pod(name: string, status: object, spec: object = { nodeName: 'node-0' }): Pod {
  const metadata = { name, creationTimestamp: '2026-01-01T00:00:00Z', ownerReferences: [owner] }
  const containers = [{ name: 'mysql' }, { name: 'xtrabackup' }]
  return {
    metadata,
    spec: { containers, initContainers: [{ name: 'clone-mysql' }], ...spec },
    status,
  } as unknown as Pod
}

const running = (name: string, ready: boolean) => ({ name, ready, state: { running: {} }, restartCount: 0 })
const initialized = { type: 'Initialized', status: 'True' }
const up = (name: string) =>
  pod(name, {
    phase: 'Running',
    conditions: [initialized, { type: 'Ready', status: 'True' }],
    initContainerStatuses: [{ name: 'clone-mysql', state: { terminated: { exitCode: 0 } }, restartCount: 0 }],
    containerStatuses: [running('mysql', true), running('xtrabackup', true)],
  })

test('members show role, lag, node, and what they wait for', () => {
  const cloning = pod('mysql-1', {
    phase: 'Pending',
    initContainerStatuses: [{ name: 'clone-mysql', state: { running: {} }, ready: false, restartCount: 0 }],
  })
  const members = membersOf([cloning, up('mysql-0')], [set], new Map([['mysql-0', { role: 'primary' }]]))
  assert.deepEqual(memberLines(members), [
    'mysql-0  2/2  primary  node-0  Running',
    'mysql-1  0/2           node-0  Init:0/1, waits for clone-mysql to end',
    'mysql-2                        waits for mysql-1 to be ready',
  ])
})

test('a pod without a node says why, a container its reason, a replica its trouble', () => {
  const message = '0/3 nodes are available: 3 node(s) were unschedulable.'
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }]
  const pending = pod('mysql-1', { phase: 'Pending', conditions }, {})
  const crashing = pod('mysql-2', {
    phase: 'Running',
    conditions: [initialized],
    containerStatuses: [
      { name: 'mysql', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 2 },
    ],
  })
  const behind = { role: 'replica', lagSeconds: 4, problem: 'the primary to answer' } as const
  const lines = memberLines(membersOf([up('mysql-0'), pending, crashing], [set], new Map([['mysql-0', behind]])))
  assert.match(lines[0] ?? '', /2\/2 {2}replica, 4 s behind {2}node-0 {2}Running, waits for the primary to answer$/)
  assert.match(lines[1] ?? '', /Pending, waits for 0\/3 nodes are available: 3 node/)
  assert.match(lines[2] ?? '', /CrashLoopBackOff, waits for mysql: CrashLoopBackOff$/)
  assert.equal(memberLines(membersOf([pending], [], new Map()), 20)[0]?.length, 20)
})

test('who wants to connect is led to the primary, whichever member it is', () => {
  const said = new Map([
    ['mysql-0', { role: 'replica' } as const],
    ['mysql-1', { role: 'primary' } as const],
  ])
  const members = membersOf([up('mysql-0'), up('mysql-1')], [], said)
  assert.match(
    connectLines(members).join('\n'),
    /exec -it mysql-1 -c mysql -- mysql\n.*port-forward pod\/mysql-1 3306:3306/,
  )
  assert.deepEqual(connectLines([]), [])
})

test('only what changed is told again, and lag alone is no change', () => {
  const at = (lagSeconds: number, role: 'primary' | 'replica') =>
    membersOf([up('mysql-0')], [], new Map([['mysql-0', { role, lagSeconds }]]))
  assert.deepEqual(changedMembers(at(0, 'replica'), at(3, 'replica')), [])
  assert.equal(changedMembers(at(0, 'replica'), at(0, 'primary')).length, 1)
})

test('a server that follows nobody is the primary, any other tells its lag or its trouble', () => {
  const end = '*************************** 1. row ***************************\nread_only: 0\nberth_end: 1\n'
  assert.deepEqual(readReplication(end), { role: 'primary' })
  const fresh = readReplication(end.replace('read_only: 0', 'read_only: 1'))
  assert.deepEqual(fresh, { role: 'replica', problem: 'a primary to follow' })
  const status = (io: string, lag: string, error = '') =>
    `          Slave_IO_Running: ${io}\n         Slave_SQL_Running: Yes\n     Seconds_Behind_Master: ${lag}\n             Last_IO_Error: ${error}\n`
  assert.deepEqual(readReplication(status('Yes', '7') + end), { role: 'replica', lagSeconds: 7 })
  assert.deepEqual(readReplication(status('Connecting', 'NULL') + end), {
    role: 'replica',
    problem: 'the primary to answer',
  })
  assert.deepEqual(readReplication(status('No', 'NULL', 'error 1236') + end), {
    role: 'replica',
    problem: 'error 1236',
  })
  assert.equal(isWholeAnswer(status('Yes', '7')), false)
  assert.equal(isWholeAnswer(status('Yes', '7') + end), true)
})
