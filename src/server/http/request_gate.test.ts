import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserInfo } from '../../api/request.ts'
import type { Clock } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import {
  LONG_RUNNING_PER_USER_MAX,
  READS_IN_FLIGHT_MAX,
  REQUEST_TIMEOUT_MS,
  SYSTEM_SHARE,
  USER_SHARE_MAX,
} from '../limits.ts'
import { createRequestGate, type RequestGate } from './request_gate.ts'

const ann = { name: 'ann', groups: ['system:authenticated'] }
const agent = { name: 'system:node:node-0', groups: ['system:nodes'] }
const scheduler = { name: 'system:kube-scheduler', groups: ['system:authenticated'] }
const operator = { name: 'system:serviceaccount:db:operator', groups: ['system:serviceaccounts'] }
const admin = { name: 'admin', groups: ['system:masters'] }

/** Requests that have begun and do not end before they are told to. */
function heldRequests(gate: RequestGate, users: readonly UserInfo[]) {
  let finish = () => {}
  const held = new Promise<void>((resolve) => {
    finish = resolve
  })
  const outcomes = Promise.allSettled(users.map((user) => gate.run({ user, method: 'GET' }, () => held)))
  const refusals = async () => {
    finish()
    return (await outcomes).filter(({ status }) => status === 'rejected').length
  }
  return { refusals }
}

const quick = async () => 'served'
const tooMany = { code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 }
const many = (name: (index: number) => string): UserInfo[] =>
  Array.from({ length: READS_IN_FLIGHT_MAX }, (_, index) => ({ ...ann, name: name(index) }))

test('users together cannot take the room of nodes, of elections and of administrators', async () => {
  const gate = createRequestGate(systemClock)
  const flood = heldRequests(
    gate,
    many((index) => `user-${index % 8}`),
  )
  await assert.rejects(gate.run({ user: ann, method: 'GET' }, quick), tooMany)
  const lease = { group: 'coordination.k8s.io', resource: 'leases' }
  for (const user of [agent, scheduler, admin]) assert.equal(await gate.run({ user, method: 'GET' }, quick), 'served')
  assert.equal(await gate.run({ user: operator, method: 'GET', path: lease }, quick), 'served')
  await assert.rejects(gate.run({ user: operator, method: 'GET' }, quick), tooMany)
  assert.equal(await gate.run({ user: ann, method: 'POST' }, quick), 'served')
  assert.equal(await flood.refusals(), Math.round(READS_IN_FLIGHT_MAX * SYSTEM_SHARE))
  assert.equal(await gate.run({ user: ann, method: 'GET' }, quick), 'served')
})

test('one user leaves room for another, in short requests and in long ones', async () => {
  const gate = createRequestGate(systemClock)
  const flood = heldRequests(
    gate,
    many(() => 'ben'),
  )
  assert.equal(await gate.run({ user: ann, method: 'GET' }, quick), 'served')
  assert.equal(await flood.refusals(), READS_IN_FLIGHT_MAX * (1 - USER_SHARE_MAX))
  const gone = new AbortController()
  for (let index = 0; index < LONG_RUNNING_PER_USER_MAX; index++) gate.hold(ann, gone.signal)
  assert.throws(() => gate.hold(ann, gone.signal), tooMany)
  gate.hold({ ...ann, name: 'ben' }, gone.signal)
  gate.hold(admin, gone.signal)
  gone.abort()
  gate.hold(ann, new AbortController().signal)
})

test('users wait for their turn, the system does not, and who has gone never begins', async () => {
  const later: (() => void)[] = []
  const gate = createRequestGate(systemClock, (run) => void later.push(run))
  const begun: string[] = []
  const ask = (user: UserInfo, signal = new AbortController().signal) =>
    gate.run({ user, method: 'GET', signal }, async () => void begun.push(user.name))
  const gone = new AbortController()
  const asked = [ask(ann), ask({ ...ann, name: 'ben' }), ask({ ...ann, name: 'gone' }, gone.signal), ask(agent)]
  gone.abort()
  await Promise.all([asked[0], asked[3]])
  assert.deepEqual(begun.toSorted(), ['ann', agent.name])
  for (let turn = later.shift(); turn !== undefined; turn = later.shift()) turn()
  await Promise.allSettled(asked)
  assert.deepEqual(begun.toSorted(), ['ann', 'ben', agent.name])
})

test('work that takes too long is given up, and its place is free again', async () => {
  let ring = () => {}
  const clock: Clock = {
    now: () => 0,
    after: (delayMs, run) => {
      assert.equal(delayMs, REQUEST_TIMEOUT_MS)
      ring = run
      return { cancel: () => {} }
    },
  }
  const gate = createRequestGate(clock)
  const stuck = gate.run({ user: ann, method: 'GET' }, () => new Promise(() => {}))
  ring()
  await assert.rejects(stuck, { code: 504, reason: 'Timeout' })
})
