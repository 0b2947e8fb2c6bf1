import assert from 'node:assert/strict'
import { appendFileSync, closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rotateLogs } from './log_rotation.ts'

test('a log that has grown is kept twice, and its writer goes on at the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-logs-'))
  const writer = openSync(join(folder, 'agent.log'), 'a')
  try {
    for (const text of ['first', 'second', 'third', 'fourth']) {
      writeSync(writer, text)
      rotateLogs(folder, 4)
    }
    writeSync(writer, 'new')
    appendFileSync(join(folder, 'other.txt'), 'no log at all')
    rotateLogs(folder, 4)
    const found = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    )
    assert.deepEqual(found, {
      'agent.log': 'new',
      'agent.log.1': 'fourth',
      'agent.log.2': 'third',
      'other.txt': 'no log at all',
    })
  } finally {
    closeSync(writer)
    rmSync(folder, { recursive: true })
  }
})
