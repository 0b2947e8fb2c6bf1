import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadRecipes } from './recipes.ts'

/** The scripts of the stand-in for MySQL, as far as they need no server. */
const scripts = join(loadRecipes().directory, 'mysql', 'files', 'usr', 'local', 'lib', 'stand-in')
const folder = mkdtempSync(join(tmpdir(), 'berth-mysql-stand-in-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function run(version: string, script: string, ...words: readonly string[]) {
  const sources = `set -euo pipefail; version=${version}; . ${scripts}/versions.sh; . ${scripts}/options.sh`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${sources}; ${script}`, 'stand-in', ...words], {
    encoding: 'utf8',
  })
  return { code: status, printed: stdout.trim(), said: stderr }
}

const translated = (version: string, option: string) =>
  run(version, 'options=(); translate "$1"; echo "${options[@]}"', option)

test('options of MySQL become those of MariaDB, or it is said that they do not', () => {
  const table: readonly (readonly [string, string])[] = [
    ['--replica_parallel_workers=4', '--slave-parallel-threads=4'],
    ['--super-read-only', '--read-only'],
    ['--rpl-semi-sync-source-enabled=1', '--rpl-semi-sync-master-enabled=1'],
    ['--innodb-redo-log-capacity=64M', '--innodb-log-file-size=64M'],
    ['--collation-server=utf8mb4_0900_ai_ci', '--collation-server=utf8mb4_uca1400_ai_ci'],
    ['--max_connections=10', '--max_connections=10'],
    ['--init-file=', '--init-file='],
  ]
  for (const [option, expected] of table) assert.equal(translated('8.2.0', option).printed, expected)
  const left = translated('8.2.0', '--gtid-mode=ON')
  assert.equal(left.printed, '')
  assert.match(left.said, /\[stand-in\] MariaDB has no option gtid-mode; it is left out/)
})

test('an option that the version has dropped ends the server, as there', () => {
  const option = '--default-authentication-plugin=mysql_native_password'
  assert.equal(translated('8.3.0', option).code, 0)
  const refused = translated('8.4.0', option)
  assert.equal(refused.code, 1)
  assert.match(refused.said, /\[MY-000067\] \[Server\] unknown variable 'default-authentication-plugin=/)
})

test('a data directory follows to newer versions, and not back', () => {
  const data = join(folder, 'data')
  mkdirSync(join(data, 'mysql'), { recursive: true })
  const record = join(data, 'stand-in-version')
  const start = (version: string) => run(version, 'check_data_directory "$1"', data)
  for (const version of ['8.2.0', '8.3.0', '8.4.0']) {
    assert.equal(start(version).code, 0)
    assert.equal(readFileSync(record, 'utf8').trim(), version)
  }
  const back = start('8.3.0')
  assert.equal(back.code, 1)
  assert.match(back.said, /Cannot downgrade from 80400 to 80300\. Downgrade is only permitted between patch releases\./)
  assert.equal(readFileSync(record, 'utf8').trim(), '8.4.0')
  assert.equal(start('9.1.0').code, 0)
  writeFileSync(record, '5.7.44\n')
  assert.match(start('8.2.0').said, /Cannot upgrade from 50744 to 80200/)
  assert.equal(start('8.0.40').code, 0)
})

test('a directory without a database is nobody’s business', () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  assert.equal(run('8.2.0', 'check_data_directory "$1"', empty).code, 0)
  assert.equal(existsSync(join(empty, 'stand-in-version')), false)
})
