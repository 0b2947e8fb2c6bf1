import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import { READS_IN_FLIGHT_MAX, REQUEST_TIMEOUT_MS, SYSTEM_SHARE } from './limits.ts'
import { createRequestGate } from './request_gate.ts'

const ann = { name: 'ann', groups: ['system:authenticated'] }
const agent = { name: 'system:node:node-0', groups: ['system:nodes'] }
const admin = { name: 'admin', groups: ['system:masters'] }

test('one user cannot take the room of nodes and administrators', async () => {
  const gate = createRequestGate(systemClock)
  let finish = () => {}
  const held = new Promise<void>((resolve) => {
    finish = resolve
  })
  const flood = Array.from({ length: READS_IN_FLIGHT_MAX }, () => gate.run({ user: ann, method: 'GET' }, () => held))
  const refused = Promise.allSettled(flood)
  await assert.rejects(
    gate.run({ user: ann, method: 'GET' }, async () => {}),
    { code: 429, retryAfterSeconds: 1 },
  )
  const quick = async () => 'served'
  assert.equal(await gate.run({ user: agent, method: 'GET' }, quick), 'served')
  assert.equal(await gate.run({ user: admin, method: 'GET' }, quick), 'served')
  assert.equal(await gate.run({ user: ann, method: 'POST' }, quick), 'served')
  finish()
  const outcomes = await refused
  assert.equal(
    outcomes.filter(({ status }) => status === 'rejected').length,
    Math.round(READS_IN_FLIGHT_MAX * SYSTEM_SHARE),
  )
  assert.equal(await gate.run({ user: ann, method: 'GET' }, quick), 'served')
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
