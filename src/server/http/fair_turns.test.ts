import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FairTurns } from './fair_turns.ts'

test('one begins at a time, and users take turns however many requests one of them has sent', async () => {
  const later: (() => void)[] = []
  const turns = new FairTurns((run) => void later.push(run))
  const begun: string[] = []
  const ask = async (user: string) => {
    await turns.take(user)
    begun.push(user)
  }
  const asked = [...'aaaabbc'].map(ask)
  await Promise.resolve()
  assert.deepEqual(begun, ['a'])
  for (let turn = later.shift(); turn !== undefined; turn = later.shift()) {
    turn()
    await new Promise(setImmediate)
  }
  await Promise.all(asked)
  assert.equal(begun.join(''), 'aabcaba')
})
