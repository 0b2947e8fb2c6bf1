import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { silentLog } from '../base/log.ts'
import { openAuditFile } from './audit_file.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-audit-'))
after(() => rmSync(folder, { recursive: true }))

test('lines are appended, full files are kept beside, and no line is lost or read by others', async () => {
  const file = join(folder, 'log', 'audit.log')
  for (const first of [0, 6]) {
    const audit = openAuditFile(file, silentLog, 30)
    for (let index = first; index < first + 6; index++) audit.write({ line: index })
    await audit.close()
  }
  const files = readdirSync(join(folder, 'log'))
  assert.ok(files.length > 2)
  const lines = files.flatMap((name) =>
    readFileSync(join(folder, 'log', name), 'utf8')
      .trim()
      .split('\n'),
  )
  const numbers = lines.map((line) => (JSON.parse(line) as { line: number }).line)
  assert.deepEqual(
    numbers.sort((one, other) => one - other),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  )
  assert.ok(files.every((name) => (statSync(join(folder, 'log', name)).mode & 0o077) === 0))
})
