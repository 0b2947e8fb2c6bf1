/** What is true, at which revision, and who is told. */

/** A count of transactions; grows by exactly one with each, never repeats, survives a restart. */
export type Revision = number

/** Where an object lives. Parts are never joined into one text that a user's name could reach out of. */
export interface StoreKey {
  /** `pods`, or with its group `statefulsets.apps`. */
  readonly resource: string
  /** '' for cluster-scoped objects. */
  readonly namespace: string
  readonly name: string
}

/** One object at one revision: the only copy in memory, and the only serialisation of it. */
export interface StoredObject {
  readonly key: StoreKey
  /** The transaction that wrote this state. */
  readonly revision: Revision
  /** The object; shared by everybody, so never changed. */
  readonly object: object
  /**
   * Its JSON. Kept as a text and not as the bytes that go over the wire: V8 moves texts together and gives their pages back,
   * while bytes lie where the C library has put them. Those of 10,000 pods took as much again in holes.
   */
  readonly text: string
  /** How many bytes the JSON has in UTF-8. */
  readonly size: number
}

/** One change of one key, to be made if the key's newest state is the expected one. */
export interface StoreWrite {
  readonly key: StoreKey
  /** The revision of the state that the writer saw; 0: the key must not exist. */
  readonly expect: Revision
  readonly type: 'put' | 'delete'
  /**
   * The new state, or for a delete the last one, as it is to be stored and told to watchers, once
   * the transaction's revision is known (it stands in the object as resourceVersion).
   */
  readonly make: (revision: Revision) => object
  /** The JSON of what `make` answers, where it can be told from the state that it follows; else it is serialised. */
  readonly text?: (revision: Revision, held: StoredObject) => string
}

export type CommitOutcome =
  | { readonly outcome: 'committed'; readonly stored: StoredObject }
  /** `current`: what the key holds instead; undefined: nothing. */
  | { readonly outcome: 'conflict'; readonly current: StoredObject | undefined }

export type StoreEventType = 'created' | 'updated' | 'deleted'

/** One change as watchers get it. */
export interface StoreEvent {
  readonly type: StoreEventType
  readonly revision: Revision
  readonly key: StoreKey
  /** The new state; for `deleted` the last one, at this event's revision. */
  readonly current: StoredObject
  /** The state before; undefined for `created`. */
  readonly previous: StoredObject | undefined
}

/** Part of the keys: one resource, or one namespace of it. */
export interface StoreRange {
  readonly resource: string
  readonly namespace?: string
}

/** What is asked of a list. */
export interface ListOptions {
  /** A snapshot of this revision instead of the newest durable one. */
  readonly at?: Revision
  /** Go on behind this key (namespace, name), in key order. */
  readonly after?: { readonly namespace: string; readonly name: string }
  /** At most this many items; all if absent. */
  readonly limit?: number
}

export interface ListResult {
  /** The revision that the list shows. */
  readonly revision: Revision
  /** In key order: namespace, then name, by bytes. */
  readonly items: readonly StoredObject[]
  /** How many more there are behind the last item. */
  readonly remaining: number
}

/** Asked for a revision that compaction has removed: HTTP 410. */
export class CompactedError extends Error {
  override readonly name = 'CompactedError'
  readonly compacted: Revision
  constructor(asked: Revision, compacted: Revision) {
    super(`too old resource version: ${asked} (${compacted})`)
    this.compacted = compacted
  }
}

/** Asked for a revision that has not been given out yet. */
export class FutureRevisionError extends Error {
  override readonly name = 'FutureRevisionError'
  readonly newest: Revision
  constructor(asked: Revision, newest: Revision) {
    super(`too large resource version: ${asked}, current: ${newest}`)
    this.newest = newest
  }
}

/** The journal failed; what was not acknowledged may or may not be there after a restart. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError'
}

export interface StoreWatcher {
  /** All events of one transaction (today always one), in revision order. */
  events(events: readonly StoreEvent[]): void
  /** Everything up to `revision` has been told. Called when asked for by `progress()`. */
  progress(revision: Revision): void
  /**
   * The watch cannot go on (old history could not be read, or a call above threw): nothing more will
   * be told. Never called after `stop()`; a store that is closed ends its watches without it.
   */
  ended?(error: Error): void
}

export interface StoreWatch {
  /** Asks for a `progress` call, which comes after every event up to the revision durable now. */
  progress(): void
  stop(): void
}

/** Reads durable states only. */
export interface StoreReader {
  /** The newest durable revision. */
  readonly revision: Revision
  /** The oldest revision that can still be listed or watched from. */
  readonly compacted: Revision
  get(key: StoreKey): StoredObject | undefined
  /** Both errors are thrown at once or reject the promise. @throws CompactedError, FutureRevisionError */
  list(range: StoreRange, options?: ListOptions): Promise<ListResult> | ListResult
  /** How many objects the range holds now. */
  count(range: StoreRange): number
  /**
   * Tells every change after revision `after`, each once and in order, however old, first those that
   * happened already. The first call comes after this one has returned. From a revision that has not
   * been given out yet nothing is told until the revisions have passed it.
   * @throws CompactedError
   */
  watch(range: StoreRange, after: Revision, watcher: StoreWatcher): StoreWatch
}

/** What a writer has beyond that: the newest state, durable or not, to check against. */
export interface Store extends StoreReader {
  /**
   * The newest state of a key, which may not be durable yet: only for computing the next write.
   * Whatever was concluded from it may be answered only after `durable(revision)` of what was seen.
   */
  head(key: StoreKey): StoredObject | undefined
  /**
   * Checks and appends in one synchronous step (before the first await), then resolves when durable.
   * A conflict also resolves only when the state that it reports is durable.
   * @throws StoreFailedError
   */
  commit(write: StoreWrite): Promise<CommitOutcome>
  /** The newest revision given out; ahead of `revision` while writes wait for the disk. */
  readonly headRevision: Revision
  /**
   * Resolves when `revision` is durable, however far ahead it is. To be called in the same step that
   * saw the revision: after a failure its number is given out again. @throws StoreFailedError
   */
  durable(revision: Revision): Promise<void>
  /** Forgets history up to `revision`; current objects stay. */
  compact(revision: Revision): Promise<void>
  close(): Promise<void>
}
