import type { Clock } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import { CommitQueue } from './commit_queue.ts'
import { Compactor } from './compactor.ts'
import { CurrentObjects } from './current_objects.ts'
import { storedFromRecord } from './encode.ts'
import { EventRing } from './event_ring.ts'
import { deepFreeze } from './freeze.ts'
import type { Journal, JournalPosition, JournalRecord } from './journal.ts'
import { STORE_LIMITS, type StoreLimits } from './limits.ts'
import { stateAfter } from './pending_writes.ts'
import { listByUndoing, listCurrent, listFromJournal } from './snapshots.ts'
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
  StoreWatch,
  StoreWatcher,
  StoreWrite,
} from './store.ts'
import { CompactedError, FutureRevisionError } from './store.ts'
import { WatchFanOut } from './watch_fan_out.ts'
import { type FeedSource, WatchFeed } from './watch_feed.ts'

/** What a store is made of. */
export interface StoreOptions {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly limits?: Partial<StoreLimits>
  /** Freezes every object that is stored: for tests and the simulation, which so find who changes one. */
  readonly freeze?: boolean
  /**
   * Resolves when it is time for a batch of writes to leave for the journal; absent: at the end of the step that
   * committed the first. A server waits for the end of a turn of its event loop, so that all requests that came
   * together share one message, one transaction and one round of watchers.
   */
  readonly gather?: () => Promise<void>
}

/** Opens the store over a journal, with everything that the journal holds; `close` closes the journal too. */
export async function createStore(options: StoreOptions): Promise<Store> {
  const current = new CurrentObjects()
  const take = (record: JournalRecord) => {
    const stored = storedFromRecord(record)
    if (options.freeze) deepFreeze(stored.object)
    current.put(stored)
  }
  try {
    return new MvccStore(options, current, await options.journal.load(take))
  } catch (error) {
    await options.journal.close()
    throw error
  }
}

/**
 * The synchronous core: `#queue` is the head and its way to the disk; what is durable lies in
 * `#current` and, as the changes that led there, in `#ring`. Readers see only the latter two.
 */
class MvccStore implements Store {
  readonly #journal: Journal
  readonly #current: CurrentObjects
  readonly #ring: EventRing
  readonly #queue: CommitQueue
  readonly #compactor: Compactor
  readonly #fanOut = new WatchFanOut()
  readonly #feeds = new Set<WatchFeed>()
  readonly #feedSource: FeedSource

  constructor(options: StoreOptions, current: CurrentObjects, { revision, compacted }: JournalPosition) {
    const { journal, clock, log } = options
    const limits: StoreLimits = { ...STORE_LIMITS, ...options.limits }
    const newest = () => this.#queue.revision
    this.#journal = journal
    this.#current = current
    this.#ring = new EventRing(revision, limits)
    this.#queue = new CommitQueue({
      journal,
      log,
      limits,
      revision,
      freeze: options.freeze ?? false,
      gather: options.gather,
      current: (key) => current.get(key),
      onDurable: (event) => this.#publish(event),
    })
    const onCompacted = (upTo: Revision) => this.#ring.trim(upTo)
    this.#compactor = new Compactor({ journal, clock, log, limits, compacted, newest, onCompacted })
    this.#feedSource = {
      ring: this.#ring,
      journal,
      fanOut: this.#fanOut,
      historyPageMax: limits.historyPageMax,
      newest,
      onStopped: (feed) => this.#feeds.delete(feed),
      onFailed: (error) => log.error('a watch failed', { error: messageOf(error) }),
    }
  }

  get revision(): Revision {
    return this.#queue.revision
  }

  get headRevision(): Revision {
    return this.#queue.headRevision
  }

  get compacted(): Revision {
    return this.#compactor.compacted
  }

  get(key: StoreKey): StoredObject | undefined {
    return this.#current.get(key)
  }

  head(key: StoreKey): StoredObject | undefined {
    return this.#queue.head(key)
  }

  count(range: StoreRange): number {
    return this.#current.count(range)
  }

  list(range: StoreRange, options: ListOptions = {}): Promise<ListResult> | ListResult {
    const at = options.at ?? this.revision
    if (at > this.revision) throw new FutureRevisionError(at, this.revision)
    if (at === this.revision) return listCurrent(this.#current, range, at, options)
    if (at < this.compacted) throw new CompactedError(at, this.compacted)
    if (at >= this.#ring.floor) return listByUndoing(this.#current, this.#ring.after(at), range, at, options)
    const pin = this.#compactor.pin(at)
    return listFromJournal(this.#journal, range, at, options).finally(() => pin.release())
  }

  watch(range: StoreRange, after: Revision, watcher: StoreWatcher): StoreWatch {
    if (after < this.compacted) throw new CompactedError(after, this.compacted)
    const feed = new WatchFeed(range, after, watcher, this.#feedSource, this.#compactor.pin(after))
    this.#feeds.add(feed)
    return feed
  }

  commit(write: StoreWrite): Promise<CommitOutcome> {
    return this.#queue.commit(write)
  }

  durable(revision: Revision): Promise<void> {
    return this.#queue.durable(revision)
  }

  async compact(revision: Revision): Promise<void> {
    if (revision > this.revision) throw new FutureRevisionError(revision, this.revision)
    await this.#compactor.compact(revision)
  }

  async close(): Promise<void> {
    await this.#queue.close()
    for (const feed of [...this.#feeds]) feed.stop()
    await this.#compactor.stop()
    await this.#journal.close()
  }

  #publish(event: StoreEvent): void {
    const state = stateAfter(event)
    if (state === undefined) this.#current.remove(event.key)
    else this.#current.put(state)
    this.#ring.push(event)
    this.#fanOut.tell(event)
  }
}
