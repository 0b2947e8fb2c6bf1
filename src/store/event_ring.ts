import { assert } from '../base/assert.ts'
import type { Revision, StoreEvent } from './store.ts'

/** What bounds a ring. */
export interface RingLimits {
  readonly ringEventsMax: number
  readonly ringBytesMax: number
}

/**
 * The newest events, one a revision without gaps. A ring that was pushed 8, 9, 10 and trimmed to two
 * events holds 9 and 10 and has `floor` 8: whoever has seen everything up to 8 or later can go on here.
 */
export class EventRing {
  readonly #limits: RingLimits
  #events: (StoreEvent | undefined)[] = []
  /** How many events at the front of `#events` have been dropped already. */
  #dropped = 0
  #bytes = 0
  #floor: Revision

  constructor(floor: Revision, limits: RingLimits) {
    this.#floor = floor
    this.#limits = limits
  }

  /** Every event after this revision is here. */
  get floor(): Revision {
    return this.#floor
  }

  push(event: StoreEvent): void {
    assert(event.revision === this.#floor + this.#size + 1, 'events enter the ring without a gap')
    this.#events.push(event)
    this.#bytes += bytesOf(event)
    while (this.#size > this.#limits.ringEventsMax || this.#bytes > this.#limits.ringBytesMax) this.#dropFirst()
  }

  /** Forgets events up to `revision`. */
  trim(revision: Revision): void {
    while (this.#size > 0 && this.#floor < revision) this.#dropFirst()
  }

  /** The events after `revision`, oldest first. It must not be below the floor. */
  after(revision: Revision): readonly StoreEvent[] {
    assert(revision >= this.#floor, 'the ring is asked only for what it covers')
    return this.#events.slice(this.#dropped + revision - this.#floor) as StoreEvent[]
  }

  get #size(): number {
    return this.#events.length - this.#dropped
  }

  #dropFirst(): void {
    this.#bytes -= bytesOf(this.#events[this.#dropped] as StoreEvent)
    this.#events[this.#dropped] = undefined
    this.#dropped++
    this.#floor++
    if (this.#dropped * 2 <= this.#events.length) return
    this.#events = this.#events.slice(this.#dropped)
    this.#dropped = 0
  }
}

function bytesOf(event: StoreEvent): number {
  return event.current.size + (event.previous?.size ?? 0)
}
