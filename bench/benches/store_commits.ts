import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { openSqliteJournal } from '../../src/host/sqlite_journal/sqlite_journal.ts'
import { createStore } from '../../src/store/mvcc.ts'
import type { Store } from '../../src/store/store.ts'
import { atLeast, type Bench } from '../harness/bench.ts'

const POD = { spec: { text: 'y'.repeat(3_400) } }
const COUNT = 2_000
const AT_ONCE = 64

async function create(store: Store, name: string): Promise<void> {
  const key = { resource: 'pods', namespace: 'default', name }
  const make = (revision: number) => ({ metadata: { name, resourceVersion: String(revision) }, ...POD })
  await store.commit({ key, expect: 0, type: 'put', make })
}

async function createMany(store: Store, prefix: string): Promise<void> {
  let next = 0
  const writeOn = async () => {
    while (next < COUNT) await create(store, `${prefix}-${next++}`)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, writeOn))
}

/** Inserts in transactions of `AT_ONCE`, synchronously, in the journal's own mode: what the disk allows. */
function bareInserts(database: DatabaseSync): void {
  const insert = database.prepare('INSERT INTO rows (bytes) VALUES (?)')
  const bytes = new Uint8Array(3_500)
  for (let row = 0; row < COUNT; row += AT_ONCE) {
    database.exec('BEGIN')
    for (let inBatch = 0; inBatch < AT_ONCE; inBatch++) insert.run(bytes)
    database.exec('COMMIT')
  }
}

/** How often a second `COUNT` times `work` fits. */
async function rate(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now()
  await work()
  return (COUNT * 1_000) / (performance.now() - start)
}

export const storeCommits: Bench = {
  name: 'store-commits',
  about: `commits of 3.4 KB to the SQLite store without a server, ${AT_ONCE} at once; yardstick: bare inserts in groups`,
  unit: '/s',
  must: atLeast(10_000),
  run: async (use) => {
    const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'))
    const journal = await openSqliteJournal({ file: join(folder, 'store.db') })
    const store = await createStore({ journal, clock: systemClock, log: silentLog })
    const database = new DatabaseSync(join(folder, 'bare.db'))
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
    database.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB)')
    let round = 0
    await use({
      berth: async () => ({ value: await rate(() => createMany(store, `round-${round++}`)) }),
      yardstick: async () => ({ value: await rate(() => bareInserts(database)) }),
    })
    database.close()
    await store.close()
    rmSync(folder, { recursive: true })
  },
}
