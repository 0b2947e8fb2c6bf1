import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryFiles } from '../testing/memory_files.ts'
import { writeAtomically } from './atomic_writer.ts'
import { setVersion } from './set_version.ts'

const fileSet = (texts: Readonly<Record<string, string>>) => {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    content: new TextEncoder().encode(text),
    mode: 0o644,
  }))
  return { version: setVersion(files), files, owner: {} }
}

test('a volume shows one whole set of files or another, and forgets what is no longer in it', async () => {
  const files = new MemoryFiles()
  await files.makeDirectory('/v', { mode: 0o755 })
  await writeAtomically(files, '/v', fileSet({ 'my.cnf': 'one', 'conf.d/extra': 'x' }))
  assert.equal(files.text('/v/my.cnf'), 'one')
  assert.equal(files.text('/v/..data/conf.d/extra'), 'x')
  const before = await files.readLink('/v/..data')
  await writeAtomically(files, '/v', fileSet({ 'my.cnf': 'two' }))
  assert.equal(files.text('/v/my.cnf'), 'two')
  assert.deepEqual(
    (await files.list('/v'))?.map((one) => one.name).filter((name) => !name.startsWith('..')),
    ['my.cnf'],
  )
  assert.equal(files.entries.has(`/v/${before}`), false)
})

test('an equal set is not written again, and a path that leaves the volume is refused', async () => {
  const files = new MemoryFiles()
  await files.makeDirectory('/v', { mode: 0o755 })
  await writeAtomically(files, '/v', fileSet({ a: '1' }))
  const link = files.entries.get('/v/..data')
  await writeAtomically(files, '/v', fileSet({ a: '1' }))
  assert.equal(files.entries.get('/v/..data'), link)
  for (const path of ['../a', '/a', 'x/../../a', '..data']) {
    await assert.rejects(writeAtomically(files, '/v', fileSet({ [path]: '1' })), /not allowed/)
  }
})
