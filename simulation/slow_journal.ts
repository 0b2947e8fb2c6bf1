import { type Clock, sleep } from '../src/base/clock.ts'
import type { Random } from '../src/base/random.ts'
import type { Journal } from '../src/store/journal.ts'

/** A disk in virtual time: each batch takes up to `slowestMs` until it is durable. */
export function slowJournal(
  inner: Journal,
  deps: { readonly clock: Clock; readonly random: Random; readonly slowestMs: number },
): Journal {
  return {
    load: (take) => inner.load(take),
    append: async (records) => {
      await sleep(deps.clock, deps.random.fraction() * deps.slowestMs)
      await inner.append(records)
    },
    position: () => inner.position(),
    compact: (revision) => inner.compact(revision),
    events: (query) => inner.events(query),
    snapshot: (query) => inner.snapshot(query),
    close: () => inner.close(),
  }
}
