import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { sleep, systemClock } from '../../base/clock.ts'
import { silentLog } from '../../base/log.ts'
import { createStore } from '../../store/mvcc.ts'
import type { Store } from '../../store/store.ts'
import { describeStore } from '../../store/store_suite.ts'
import { committed, pod, put } from '../../store/suite_support.ts'
import { FORMAT, openDatabase } from './format.ts'
import { openSqliteJournal } from './sqlite_journal.ts'

async function openStore(file: string): Promise<Store> {
  return createStore({ journal: await openSqliteJournal({ file }), clock: systemClock, log: silentLog, freeze: true })
}

describeStore('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-store-'))
  return {
    open: async (options) => {
      const journal = await openSqliteJournal({ file: join(folder, 'store.db') })
      return createStore({ journal, clock: systemClock, log: silentLog, freeze: true, ...options })
    },
    dispose: async () => rmSync(folder, { recursive: true }),
  }
})

describe('sqlite journal', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-journal-'))
    file = join(folder, 'store.db')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('keeps its files to their owner, who alone may read secrets', async () => {
    const store = await openStore(file)
    await committed(put(store, pod('a'), 1))
    for (const one of [file, `${file}-wal`]) assert.equal(statSync(one).mode & 0o777, 0o600, one)
    await store.close()
  })

  it('loses nothing acknowledged when the process is killed', { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, [new URL('./kill_child.ts', import.meta.url).pathname, file])
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
      if (output.length > 4_000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const acknowledged = output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' '))
    assert(acknowledged.length > 100)
    const store = await openStore(file)
    for (const [name = '', revision, value] of acknowledged) {
      const { items } = await store.list({ resource: 'pods', namespace: 'default' }, { at: Number(revision) })
      const object = items.find(({ key }) => key.name === name)?.object
      assert.deepEqual(object, { value: Number(value), resourceVersion: revision })
    }
    assert.equal((await store.list({ resource: 'pods' })).items.length, 4)
    await store.close()
  })

  it('brings its log into the database file as soon as nobody writes', { timeout: 30_000 }, async () => {
    const store = await openStore(file)
    const writes = Array.from({ length: 300 }, (_, index) => put(store, pod(`a/${index}`), 'x'.repeat(500)))
    await Promise.all(writes)
    const written = 300 * 500
    while (statSync(file).size < written) await sleep(systemClock, 5)
    await store.close()
  })

  it('is refused to a second server, and free again after the first', async () => {
    const store = await openStore(file)
    await assert.rejects(openStore(file), { message: `${file} is in use by another server` })
    const other = spawn(process.execPath, [new URL('./kill_child.ts', import.meta.url).pathname, file])
    let complaint = ''
    other.stderr.on('data', (data) => {
      complaint += data
    })
    const [code] = await once(other, 'close')
    assert.equal(code, 1)
    assert.match(complaint, /is in use by another server/)
    await put(store, pod('a/x'), 'one')
    await store.close()
    await (await openStore(file)).close()
  })

  it('refuses a newer format, and files that are no store', async () => {
    await (await openStore(file)).close()
    const database = new DatabaseSync(file)
    database.exec(`PRAGMA user_version = ${FORMAT + 1}`)
    database.close()
    await assert.rejects(openStore(file), /has format 2, written by a newer version; this version reads up to 1/)
    const foreign = join(folder, 'foreign.db')
    const notes = new DatabaseSync(foreign)
    notes.exec('CREATE TABLE notes (text TEXT)')
    notes.close()
    await assert.rejects(openStore(foreign), /is not a store of Berth/)
    await assert.rejects(openStore(join(folder, 'missing', 'store.db')), /unable to open/)
  })

  it('migrates one way, all steps or none, after a copy', async () => {
    const store = await openStore(file)
    await put(store, pod('a/x'), 'one')
    await store.close()
    const rename = (database: DatabaseSync) => database.exec("UPDATE history SET name = 'renamed'")
    const fail = () => {
      throw new Error('cannot')
    }
    assert.throws(
      () =>
        openDatabase(file, {
          format: 3,
          migrations: new Map([
            [1, rename],
            [2, fail],
          ]),
        }),
      /cannot/,
    )
    assert.throws(
      () => openDatabase(file, { format: 3, migrations: new Map([[1, rename]]) }),
      /from which no way leads/,
    )
    const after = await openStore(file)
    assert.equal(after.count({ resource: 'pods' }), 1)
    assert(after.get(pod('a/x')) !== undefined)
    await after.close()
    openDatabase(file, { format: 2, migrations: new Map([[1, rename]]) }).close()
    await assert.rejects(openStore(file), /has format 2/)
    assert(existsSync(`${file}.format-1`))
    const copy = await openStore(`${file}.format-1`)
    assert(copy.get(pod('a/x')) !== undefined)
    await copy.close()
  })

  it('finds a bit that has flipped on the disk', async () => {
    const store = await openStore(file)
    await put(store, pod('a/x'), 'one')
    await store.close()
    const database = new DatabaseSync(file)
    database.exec(`UPDATE history SET bytes = CAST(replace(CAST(bytes AS TEXT), 'one', 'onf') AS BLOB)`)
    database.close()
    await assert.rejects(openStore(file), /revision 1 \(pods a\/x\) is damaged: wrong checksum/)
  })
})
