import { systemClock } from '../../base/clock.ts'
import { silentLog } from '../../base/log.ts'
import { createStore } from '../../store/mvcc.ts'
import { openSqliteJournal } from './sqlite_journal.ts'

/** Writes without end, several at once, and prints each revision that was acknowledged, until it is killed. */
const [file = ''] = process.argv.slice(2)
const store = await createStore({ journal: await openSqliteJournal({ file }), clock: systemClock, log: silentLog })

async function writeOn(name: string): Promise<never> {
  const key = { resource: 'pods', namespace: 'default', name }
  for (let value = 0; ; value++) {
    const make = (revision: number) => ({ value, resourceVersion: String(revision) })
    await store.commit({ key, expect: store.head(key)?.revision ?? 0, type: 'put', make })
    process.stdout.write(`${name} ${store.head(key)?.revision} ${value}\n`)
  }
}

await Promise.all(['web-0', 'web-1', 'web-2', 'web-3'].map(writeOn))
