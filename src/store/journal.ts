import type { Revision, StoreEventType, StoreKey, StoreRange } from './store.ts'

/** One transaction as it lies on the disk. */
export interface JournalRecord {
  readonly revision: Revision
  readonly type: StoreEventType
  readonly key: StoreKey
  /** The revision of the state that this one replaces; 0 for `created`. */
  readonly previous: Revision
  /** The state's JSON; for `deleted` the last one, as watchers get it. */
  readonly bytes: Uint8Array
}

/** A record of old history with what a watcher needs besides it. */
export interface JournalEvent {
  readonly record: JournalRecord
  /** The state before, at revision `record.previous`; undefined for `created`. */
  readonly previousBytes: Uint8Array | undefined
}

/** What a journal knows of itself. */
export interface JournalPosition {
  /** Of the last record, also if compaction has removed it; 0 if there was none. */
  readonly revision: Revision
  /** States at this revision and events after it can be read. */
  readonly compacted: Revision
}

/** Old events asked for: those of a range with `after` < revision <= `upTo`, at most `limit`. */
export interface EventsQuery {
  readonly range: StoreRange
  readonly after: Revision
  readonly upTo: Revision
  readonly limit: number
}

/** An old state asked for. */
export interface SnapshotQuery {
  readonly range: StoreRange
  readonly at: Revision
  readonly after?: { readonly namespace: string; readonly name: string } | undefined
  readonly limit?: number | undefined
}

export interface SnapshotResult {
  /** In key order. */
  readonly records: readonly JournalRecord[]
  readonly remaining: number
}

/**
 * Where the store's transactions survive. The store calls `append` again only after the last one has
 * ended; reads and compactions may come at any time and see what has been appended.
 */
export interface Journal {
  /** Hands over the current state, one record an existing object, in key order where that is cheap. */
  load(take: (record: JournalRecord) => void): Promise<JournalPosition>
  /** Resolves when all records are durable. If it rejects, either none or all of them are. */
  append(records: readonly JournalRecord[]): Promise<void>
  /** What the journal holds, asked after an `append` failed. */
  position(): Promise<JournalPosition>
  /** Drops what is needed only for states before `revision`. */
  compact(revision: Revision): Promise<void>
  /** In revision order. Fewer than `limit` means: that was all up to `upTo`. */
  events(query: EventsQuery): Promise<readonly JournalEvent[]>
  snapshot(query: SnapshotQuery): Promise<SnapshotResult>
  close(): Promise<void>
}
