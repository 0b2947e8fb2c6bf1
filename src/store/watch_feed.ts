import { storedFromBytes, storedFromRecord } from './encode.ts'
import type { EventRing } from './event_ring.ts'
import type { Journal, JournalEvent } from './journal.ts'
import type { Pin } from './pins.ts'
import type { Revision, StoreEvent, StoreRange, StoreWatch, StoreWatcher } from './store.ts'
import { isInRange, type LiveWatch, type WatchFanOut } from './watch_fan_out.ts'

/** What a feed needs of its store. */
export interface FeedSource {
  readonly ring: EventRing
  readonly journal: Journal
  readonly fanOut: WatchFanOut
  readonly historyPageMax: number
  readonly newest: () => Revision
  readonly onStopped: (feed: WatchFeed) => void
  readonly onFailed: (error: unknown) => void
}

/**
 * One watch: first it catches up, from the journal as far as the ring does not reach back, then from
 * the ring; in the same step it joins those who are told events as they become durable.
 */
export class WatchFeed implements StoreWatch, LiveWatch {
  readonly range: StoreRange
  readonly #watcher: StoreWatcher
  readonly #source: FeedSource
  readonly #pin: Pin
  /** Everything up to here has been told (or lies before what was asked for). */
  #told: Revision
  #state: 'catching up' | 'live' | 'stopped' = 'catching up'
  #progressWanted = false

  constructor(range: StoreRange, after: Revision, watcher: StoreWatcher, source: FeedSource, pin: Pin) {
    this.range = range
    this.#told = after
    this.#watcher = watcher
    this.#source = source
    this.#pin = pin
    queueMicrotask(() => void this.#catchUp())
  }

  progress(): void {
    if (this.#progressWanted) return
    this.#progressWanted = true
    // Not at once: an event of the revision durable now may be on its way to others before it comes here.
    if (this.#state === 'live') queueMicrotask(() => this.#tellProgress())
  }

  stop(): void {
    this.#state = 'stopped'
    this.#pin.release()
    this.#source.fanOut.remove(this)
    this.#source.onStopped(this)
  }

  tell(event: StoreEvent): void {
    if (this.#state === 'stopped' || event.revision <= this.#told) return
    this.#told = event.revision
    try {
      this.#watcher.events([event])
    } catch (error) {
      this.#end(error)
    }
  }

  async #catchUp(): Promise<void> {
    try {
      while (this.#state !== 'stopped' && this.#told < this.#source.ring.floor) await this.#readOldHistory()
    } catch (error) {
      this.#end(error)
    }
    if (this.#state !== 'stopped') this.#goLive()
  }

  async #readOldHistory(): Promise<void> {
    const { journal, historyPageMax: limit } = this.#source
    const upTo = this.#source.newest()
    const events = await journal.events({ range: this.range, after: this.#told, upTo, limit })
    for (const event of events) this.tell(eventFromJournal(event))
    if (events.length < limit) this.#told = Math.max(this.#told, upTo)
    this.#pin.move(this.#told)
  }

  #goLive(): void {
    for (const event of this.#source.ring.after(this.#told)) {
      if (isInRange(this.range, event.key)) this.tell(event)
    }
    if (this.#state === 'stopped') return
    this.#state = 'live'
    this.#pin.release()
    this.#source.fanOut.add(this)
    if (this.#progressWanted) this.#tellProgress()
  }

  #tellProgress(): void {
    if (this.#state !== 'live') return
    this.#progressWanted = false
    try {
      // A watch from the future has, up to where it starts, nothing to be told.
      this.#watcher.progress(Math.max(this.#told, this.#source.newest()))
    } catch (error) {
      this.#end(error)
    }
  }

  #end(error: unknown): void {
    if (this.#state === 'stopped') return
    this.stop()
    this.#source.onFailed(error)
    this.#watcher.ended?.(error instanceof Error ? error : new Error(String(error)))
  }
}

function eventFromJournal({ record, previousBytes }: JournalEvent): StoreEvent {
  const { type, revision, key, previous } = record
  return {
    type,
    revision,
    key,
    current: storedFromRecord(record),
    previous: previousBytes && storedFromBytes(key, previous, previousBytes),
  }
}
