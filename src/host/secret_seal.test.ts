import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openSecretSeal } from './secret_seal.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-seal-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'pki', 'secrets.key')
const text = Buffer.from('{"data":{"password":"hunter2"}}')
const PLACE = ['secrets', 'default', 'db', '7'].join('\0')

test('what is sealed opens again with the same key, in the same place, and is different every time', () => {
  const sealed = openSecretSeal(file).seal(text, PLACE)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(openSecretSeal(file).open(sealed, PLACE), text)
  assert.ok(!Buffer.from(sealed).includes('hunter2'))
  assert.notDeepEqual(openSecretSeal(file).seal(text, PLACE), sealed)
})

test('what was moved, changed or cut, or sealed with another key, does not open', () => {
  const seal = openSecretSeal(file)
  const sealed = Buffer.from(seal.seal(text, PLACE))
  assert.throws(
    () => seal.open(sealed, ['secrets', 'default', 'other', '7'].join('\0')),
    /cannot be opened with the key/,
  )
  const changed = Buffer.from(sealed)
  changed[40] = (changed[40] ?? 0) ^ 1
  assert.throws(() => seal.open(changed, PLACE), /cannot be opened/)
  assert.throws(() => seal.open(sealed.subarray(0, 20), PLACE), /cannot be opened/)
  assert.throws(() => openSecretSeal(join(folder, 'other.key')).open(sealed, PLACE), /cannot be opened/)
})

test('a key that others may read is not used', () => {
  chmodSync(file, 0o644)
  assert.throws(() => openSecretSeal(file), /may be read by others/)
})
