import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backlogs } from './backlogs.ts'

const MIB = 1024 * 1024

function readerOf(bytes: number) {
  const reader = { bytes, gone: false, waiting: () => reader.bytes, giveUp: () => void (reader.gone = true) }
  return reader
}

test('when all wait for too much, those for whom most waits are let go, and nobody else', () => {
  const backlogs = new Backlogs(10 * MIB)
  const [small, large, larger] = [readerOf(2 * MIB), readerOf(4 * MIB), readerOf(5 * MIB)]
  for (const reader of [small, large, larger]) backlogs.note(reader, reader.bytes)
  assert.deepEqual([small.gone, large.gone, larger.gone], [false, false, true])
})

test('who has caught up in the meantime is not let go, and what is gone does not count', () => {
  const backlogs = new Backlogs(10 * MIB)
  const [quick, slow, gone] = [readerOf(6 * MIB), readerOf(3 * MIB), readerOf(9 * MIB)]
  backlogs.note(gone, gone.bytes)
  backlogs.forget(gone)
  backlogs.note(quick, quick.bytes)
  quick.bytes = 0
  backlogs.note(slow, slow.bytes)
  backlogs.note(slow, 5 * MIB)
  assert.deepEqual([quick.gone, slow.gone, gone.gone], [false, false, false])
  slow.bytes = 11 * MIB
  backlogs.note(slow, slow.bytes)
  assert.equal(slow.gone, true)
})
