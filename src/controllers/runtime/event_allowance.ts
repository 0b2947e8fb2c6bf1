import type { Clock, Millis } from '../../base/clock.ts'
import { EVENT_BURST, EVENT_REFILL_MS, EVENTS_REMEMBERED_MAX } from './limits.ts'

interface Bucket {
  readonly tokens: number
  readonly at: Millis
}

/** How many events one object may still cause: a burst, then one in a while. client-go's spam filter. */
export class EventAllowance {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take(uid: string): boolean {
    const now = this.#clock.now()
    const { tokens, at } = this.#buckets.get(uid) ?? { tokens: EVENT_BURST, at: now }
    const filled = Math.min(EVENT_BURST, tokens + Math.max(0, now - at) / EVENT_REFILL_MS)
    this.#buckets.delete(uid)
    this.#buckets.set(uid, { tokens: filled >= 1 ? filled - 1 : filled, at: now })
    this.#forgetOldest()
    return filled >= 1
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next().value
    if (this.#buckets.size > EVENTS_REMEMBERED_MAX && oldest !== undefined) this.#buckets.delete(oldest)
  }
}
