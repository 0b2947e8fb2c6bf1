import assert from 'node:assert/strict'
import { type Clock, sleep, systemClock } from '../base/clock.ts'
import type { StoreLimits } from './limits.ts'
import type {
  CommitOutcome,
  ListOptions,
  ListResult,
  Revision,
  Store,
  StoredObject,
  StoreEvent,
  StoreKey,
  StoreRange,
} from './store.ts'

/** How the suite opens a store. */
export interface SuiteOpenOptions {
  readonly clock?: Clock
  readonly limits?: Partial<StoreLimits>
}

/** One place that keeps a store's data while stores over it are opened and closed. */
export interface SuiteBackend {
  open(options?: SuiteOpenOptions): Promise<Store>
  /** Removes the data. */
  dispose(): Promise<void>
}

/** The suite's store of the moment, and a way to restart it over the same data. */
export interface SuiteStore {
  readonly store: () => Store
  readonly reopen: (limits?: Partial<StoreLimits>) => Promise<void>
}

/** A list in one line each. */
export async function listed(store: Store, range: StoreRange, options?: ListOptions): Promise<string[]> {
  return describeList(await store.list(range, options))
}

/** All pods. */
export const PODS: StoreRange = { resource: 'pods' }

/** A ring that holds hardly anything, so that resuming reads the journal, and steps that are soon at their end. */
export const TINY: Partial<StoreLimits> = { ringEventsMax: 2, historyPageMax: 3, compactionStep: 4, batchRecordsMax: 5 }

/** A pod's key in short: `pod('a/web-0')`. */
export function pod(place: string): StoreKey {
  return keyOf('pods', place)
}

/** A key from `namespace/name`; without a slash it is cluster-scoped. */
export function keyOf(resource: string, place: string): StoreKey {
  const at = place.indexOf('/')
  return { resource, namespace: at < 0 ? '' : place.slice(0, at), name: place.slice(at + 1) }
}

/** Writes a state over the head's newest one. */
export function put(store: Store, key: StoreKey, value: unknown, expect?: Revision): Promise<CommitOutcome> {
  const make = (revision: Revision) => ({ value, resourceVersion: String(revision) })
  return store.commit({ key, expect: expect ?? store.head(key)?.revision ?? 0, type: 'put', make })
}

/** Deletes what the head holds. */
export function remove(store: Store, key: StoreKey, expect?: Revision): Promise<CommitOutcome> {
  const last = store.head(key)?.object
  const make = (revision: Revision) => ({ ...last, resourceVersion: String(revision) })
  return store.commit({ key, expect: expect ?? store.head(key)?.revision ?? 0, type: 'delete', make })
}

/** The state that a write left; fails if it conflicted. */
export async function committed(outcome: Promise<CommitOutcome>): Promise<StoredObject> {
  const settled = await outcome
  assert.equal(settled.outcome, 'committed')
  assert(settled.outcome === 'committed')
  return settled.stored
}

/** A state in one line: `a/web-0@5=value`, after checking that the object and its JSON say the same. */
export function describeState(stored: StoredObject | undefined): string {
  if (stored === undefined) return 'nothing'
  const object = stored.object as { value: unknown; resourceVersion: string }
  assert.deepEqual(JSON.parse(stored.text), object)
  assert.equal(stored.size, new TextEncoder().encode(stored.text).length)
  assert.equal(object.resourceVersion, String(stored.revision))
  const { namespace, name } = stored.key
  return `${namespace === '' ? '' : `${namespace}/`}${name}@${stored.revision}=${object.value}`
}

/** An event in one line: `updated a/web-0@5=new was a/web-0@2=old`. */
export function describeEvent(event: StoreEvent): string {
  assert.equal(event.revision, event.current.revision)
  const before = event.previous === undefined ? '' : ` was ${describeState(event.previous)}`
  return `${event.type} ${describeState(event.current)}${before}`
}

/** A list in one line each, and how many more there are. */
export function describeList(list: ListResult): string[] {
  const more = list.remaining === 0 ? [] : [`${list.remaining} more`]
  return [...list.items.map(describeState), ...more]
}

/** Everything that one watcher was told, in order. */
export class Recorder {
  readonly lines: string[] = []

  events(events: readonly StoreEvent[]): void {
    this.lines.push(...events.map(describeEvent))
  }

  progress(revision: Revision): void {
    this.lines.push(`progress ${revision}`)
  }

  ended(error: Error): void {
    this.lines.push(`ended: ${error.message}`)
  }

  /** What was told since the last call, once there is a line that ends the wait. */
  async until(isLast: (line: string) => boolean): Promise<string[]> {
    for (let turn = 0; turn < TURNS_MAX && !this.lines.some(isLast); turn++) {
      await sleep(systemClock, turn < 100 ? 0 : 5)
    }
    assert(this.lines.some(isLast), `the watcher was told only: ${this.lines.join('; ')}`)
    return this.lines.splice(0)
  }

  /** What was told up to the answer to a progress request. */
  async upToProgress(watch: { progress(): void }): Promise<string[]> {
    watch.progress()
    return (await this.until((line) => line.startsWith('progress'))).filter((line) => !line.startsWith('progress'))
  }
}

/** Some seconds at most. */
const TURNS_MAX = 1_000
