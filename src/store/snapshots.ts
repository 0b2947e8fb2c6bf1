import type { CurrentObjects } from './current_objects.ts'
import { storedFromRecord } from './encode.ts'
import type { Journal } from './journal.ts'
import { KeyMap } from './key_map.ts'
import { comparePlaces } from './order.ts'
import type { ListOptions, ListResult, Revision, StoredObject, StoreEvent, StoreKey, StoreRange } from './store.ts'
import { isInRange } from './watch_fan_out.ts'

/** What a key held at the snapshot, where that differs from now. */
interface Undone {
  readonly key: StoreKey
  readonly state: StoredObject | undefined
}

/** Lists what is there now. */
export function listCurrent(
  current: CurrentObjects,
  range: StoreRange,
  revision: Revision,
  options: ListOptions,
): ListResult {
  const items = takeUpTo(options.limit, current.walk(range, options.after))
  return { revision, items, remaining: current.countAfter(range, options.after) - items.length }
}

/** Lists an older state by undoing the events that came after it. */
export function listByUndoing(
  current: CurrentObjects,
  eventsSince: readonly StoreEvent[],
  range: StoreRange,
  revision: Revision,
  options: ListOptions,
): ListResult {
  const undone = undoneBehind(eventsSince, range, options)
  const items = takeUpTo(options.limit, merge(current.walk(range, options.after), undone))
  const gone = undone.filter(({ key }) => current.get(key) !== undefined).length
  const back = undone.filter(({ state }) => state !== undefined).length
  return { revision, items, remaining: current.countAfter(range, options.after) - gone + back - items.length }
}

/** Lists an older state that only the journal still knows. */
export async function listFromJournal(
  journal: Journal,
  range: StoreRange,
  revision: Revision,
  options: ListOptions,
): Promise<ListResult> {
  const { after, limit } = options
  const { records, remaining } = await journal.snapshot({ range, at: revision, after, limit })
  return { revision, items: records.map(storedFromRecord), remaining }
}

/** The oldest of a key's events since the snapshot says what the key held at it. */
function undoneBehind(eventsSince: readonly StoreEvent[], range: StoreRange, { after }: ListOptions): Undone[] {
  const oldest = new KeyMap<Undone>()
  for (const { key, previous } of eventsSince) {
    if (!isInRange(range, key) || (after !== undefined && comparePlaces(key, after) <= 0)) continue
    if (oldest.get(key) === undefined) oldest.set(key, { key, state: previous })
  }
  return [...oldest.values()].sort((a, b) => comparePlaces(a.key, b.key))
}

/** Both in key order; where they speak of the same key, the undone one holds. */
function* merge(current: Iterable<StoredObject>, undone: readonly Undone[]): Generator<StoredObject> {
  let next = 0
  for (const stored of current) {
    let order = 1
    for (let old = undone[next]; old !== undefined; old = undone[next]) {
      order = comparePlaces(stored.key, old.key)
      if (order < 0) break
      if (old.state !== undefined) yield old.state
      next++
      if (order === 0) break
    }
    if (order !== 0) yield stored
  }
  for (const { state } of undone.slice(next)) if (state !== undefined) yield state
}

function takeUpTo(limit: number | undefined, objects: Iterable<StoredObject>): StoredObject[] {
  if (limit === undefined) return [...objects]
  const taken: StoredObject[] = []
  if (limit === 0) return taken
  for (const stored of objects) {
    taken.push(stored)
    if (taken.length >= limit) break
  }
  return taken
}
