import { assert } from '../base/assert.ts'
import type {
  EventsQuery,
  Journal,
  JournalEvent,
  JournalPosition,
  JournalRecord,
  SnapshotQuery,
  SnapshotResult,
} from './journal.ts'
import { KeyMap } from './key_map.ts'
import { comparePlaces } from './order.ts'
import type { Revision } from './store.ts'
import { isInRange } from './watch_fan_out.ts'

/**
 * A journal in memory: for `--store memory`, tests and the simulation. It outlives the stores over it,
 * so a test restarts a server by opening a second store on the same journal.
 */
export class MemoryJournal implements Journal {
  /** By revision, in growing order; compaction leaves gaps. */
  readonly #records = new Map<Revision, JournalRecord>()
  #revision: Revision = 0
  #compacted: Revision = 0

  async load(take: (record: JournalRecord) => void): Promise<JournalPosition> {
    for (const record of this.#statesAt(this.#revision, () => true)) take(record)
    return this.position()
  }

  async append(records: readonly JournalRecord[]): Promise<void> {
    for (const record of records) {
      assert(record.revision === this.#revision + 1, 'records are appended without a gap')
      // The bytes of a batch lie in one piece, which none of them is to keep from being given back.
      this.#records.set(record.revision, { ...record, bytes: record.bytes.slice() })
      this.#revision = record.revision
    }
  }

  async position(): Promise<JournalPosition> {
    return { revision: this.#revision, compacted: this.#compacted }
  }

  async compact(revision: Revision): Promise<void> {
    for (let at = this.#compacted + 1; at <= revision; at++) {
      const record = this.#records.get(at)
      if (record === undefined) continue
      this.#records.delete(record.previous)
      if (record.type === 'deleted') this.#records.delete(at)
    }
    this.#compacted = Math.max(this.#compacted, revision)
  }

  async events({ range, after, upTo, limit }: EventsQuery): Promise<readonly JournalEvent[]> {
    const events: JournalEvent[] = []
    for (let at = after + 1; at <= upTo && events.length < limit; at++) {
      const record = this.#records.get(at)
      if (record === undefined || !isInRange(range, record.key)) continue
      events.push({ record, previousBytes: this.#records.get(record.previous)?.bytes })
    }
    return events
  }

  async snapshot({ range, at, after, limit }: SnapshotQuery): Promise<SnapshotResult> {
    const isAsked = ({ key }: JournalRecord) =>
      isInRange(range, key) && (after === undefined || comparePlaces(key, after) > 0)
    const states = this.#statesAt(at, isAsked)
    const records = states.slice(0, limit ?? states.length)
    return { records, remaining: states.length - records.length }
  }

  async close(): Promise<void> {}

  #statesAt(revision: Revision, isAsked: (record: JournalRecord) => boolean): JournalRecord[] {
    const newest = new KeyMap<JournalRecord>()
    for (const record of this.#records.values()) {
      if (record.revision <= revision && isAsked(record)) newest.set(record.key, record)
    }
    return [...newest.values()]
      .filter((record) => record.type !== 'deleted')
      .sort((a, b) => comparePlaces(a.key, b.key))
  }
}
