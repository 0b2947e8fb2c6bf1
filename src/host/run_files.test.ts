import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { identify, isAlive, startDetached } from './processes.ts'
import { endByRunFile, readRunFile, writeRunFile } from './run_files.ts'

test('a run file is believed only while exactly its process runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-run-'))
  const file = join(folder, 'part.json')
  try {
    const child = startDetached(['sleep', '60'], { logFile: join(folder, 'log') })
    writeRunFile(file, child, { port: 1 })
    assert.deepEqual(readRunFile(file), { ...child, facts: { port: 1 } })
    await endByRunFile(file, 1000)
    assert.deepEqual([isAlive(child), existsSync(file)], [false, false])

    // Somebody else got the number since.
    const own = identify(process.pid)
    assert.ok(own)
    writeRunFile(file, { pid: own.pid, startTime: '1' }, {})
    assert.equal(readRunFile(file), undefined)
    writeFileSync(file, '{"pid": 1')
    assert.equal(readRunFile(file), undefined)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
