import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../src/base/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { openSqliteJournal } from '../src/host/sqlite_journal.ts'
import { createStore } from '../src/store/mvcc.ts'
import type { Store } from '../src/store/store.ts'

/** The store on SQLite: commits one at a time and 64 at once, lists; beside a bare SQLite insert loop. */
const ROUNDS = 5
const POD = { spec: { text: 'y'.repeat(3_400) } }

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? Number.NaN
}

/** How often a second `work` can be done, from `count` times. */
async function rate(count: number, work: () => Promise<void> | void): Promise<number> {
  const start = performance.now()
  await work()
  return (count * 1_000) / (performance.now() - start)
}

async function create(store: Store, name: string): Promise<void> {
  const key = { resource: 'pods', namespace: 'default', name }
  const make = (revision: number) => ({ metadata: { name, resourceVersion: String(revision) }, ...POD })
  await store.commit({ key, expect: 0, type: 'put', make })
}

async function createMany(store: Store, prefix: string, count: number, atOnce: number): Promise<void> {
  let next = 0
  const writeOn = async () => {
    while (next < count) await create(store, `${prefix}-${next++}`)
  }
  await Promise.all(Array.from({ length: atOnce }, writeOn))
}

/** One insert a transaction, synchronously, in the journal's own mode: what the disk allows. */
function bareInserts(file: string, count: number): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
  database.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, bytes BLOB)')
  const insert = database.prepare('INSERT INTO rows (bytes) VALUES (?)')
  const bytes = new Uint8Array(3_500)
  for (let row = 0; row < count; row++) insert.run(bytes)
  database.close()
}

const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'))
const journal = await openSqliteJournal({ file: join(folder, 'store.db') })
const store = await createStore({ journal, clock: systemClock, log: silentLog })
const figures = { bare: [] as number[], single: [] as number[], together: [] as number[], list: [] as number[] }
for (let round = 0; round < ROUNDS; round++) {
  figures.bare.push(await rate(500, () => bareInserts(join(folder, 'bare.db'), 500)))
  figures.single.push(await rate(500, () => createMany(store, `single-${round}`, 500, 1)))
  figures.together.push(await rate(2_000, () => createMany(store, `together-${round}`, 2_000, 64)))
}
const LISTED = 10_000
for (let round = 0; round < ROUNDS; round++) {
  figures.list.push(
    1_000 / (await rate(1, async () => void (await store.list({ resource: 'pods' }, { limit: LISTED })))),
  )
}
await store.close()
rmSync(folder, { recursive: true })

const [bare, single, together] = [median(figures.bare), median(figures.single), median(figures.together)]
console.log(`bare SQLite inserts, one at a time   ${bare.toFixed(0)} /s`)
console.log(`store commits, one at a time         ${single.toFixed(0)} /s (${(single / bare).toFixed(2)} of bare)`)
console.log(`store commits, 64 at once            ${together.toFixed(0)} /s (${(together / bare).toFixed(2)} of bare)`)
console.log(`list of ${LISTED} objects             ${median(figures.list).toFixed(2)} ms`)
