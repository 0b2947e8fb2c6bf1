import type { Clock, Millis, Timer } from './clock.ts'
import { Heap } from './heap.ts'

interface Pending {
  readonly at: Millis
  readonly serial: number
  readonly run: () => void
  cancelled: boolean
}

/**
 * A clock that moves only when told to. Calls that are due at the same moment run in the order in
 * which they were asked for, so one seed gives one history.
 */
export class VirtualClock implements Clock {
  readonly #pending = new Heap<Pending>((a, b) => a.at < b.at || (a.at === b.at && a.serial < b.serial))
  #now: Millis
  #serial = 0

  constructor(start: Millis = Date.UTC(2026, 0, 1)) {
    this.#now = start
  }

  now(): Millis {
    return this.#now
  }

  after(delayMs: Millis, run: () => void): Timer {
    const pending: Pending = { at: this.#now + Math.max(0, delayMs), serial: this.#serial++, run, cancelled: false }
    this.#pending.push(pending)
    return {
      cancel: () => {
        pending.cancelled = true
      },
    }
  }

  /** When the next call is due; undefined if none is pending. */
  nextAt(): Millis | undefined {
    this.#dropCancelled()
    return this.#pending.peek()?.at
  }

  /** Moves to the next pending call and runs it; false if there is none. */
  step(): boolean {
    this.#dropCancelled()
    const next = this.#pending.pop()
    if (next === undefined) return false
    this.#now = next.at
    next.run()
    return true
  }

  /**
   * Runs everything that falls due within `spanMs`, letting promises settle after each call, and
   * ends with the clock exactly `spanMs` later.
   */
  async advance(spanMs: Millis): Promise<void> {
    const end = this.#now + spanMs
    await settleMicrotasks()
    for (let at = this.nextAt(); at !== undefined && at <= end; at = this.nextAt()) {
      this.step()
      await settleMicrotasks()
    }
    this.#now = end
  }

  #dropCancelled(): void {
    while (this.#pending.peek()?.cancelled) this.#pending.pop()
  }
}

/** Lets every promise that is ready run, and those that they make ready. */
export function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
