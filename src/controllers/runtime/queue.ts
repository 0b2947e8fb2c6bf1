import type { ObjectKey } from '../../api/resource.ts'
import type { Clock, Millis, Timer } from '../../base/clock.ts'
import { RETRY_DELAY_FIRST_MS, RETRY_DELAY_LONGEST_MS } from './limits.ts'

interface Delayed {
  readonly at: Millis
  readonly timer: Timer
}

/**
 * Keys that wait to be worked on. A key is there once, however often it is added, and is never given
 * out again before `finish`; what is added meanwhile comes back then.
 */
export class KeyQueue {
  readonly #clock: Clock
  readonly #onReady: () => void
  #ready: ObjectKey[] = []
  #taken = 0
  readonly #waiting = new Set<ObjectKey>()
  readonly #working = new Set<ObjectKey>()
  readonly #delayed = new Map<ObjectKey, Delayed>()
  readonly #soon = new Map<ObjectKey, Timer>()
  readonly #failures = new Map<ObjectKey, number>()

  /** `onReady` is called whenever a key may be taken. */
  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock
    this.#onReady = onReady
  }

  /** Keys that may be taken, will be at once or are being worked on; those with a delay do not count. */
  get size(): number {
    return this.#waiting.size + this.#working.size + this.#soon.size
  }

  add(key: ObjectKey): void {
    this.#soon.get(key)?.cancel()
    this.#soon.delete(key)
    if (this.#waiting.has(key)) return
    this.#waiting.add(key)
    if (!this.#working.has(key)) this.#makeReady(key)
  }

  /** Adds the key within this time, together with whatever adds it before. */
  addWithin(key: ObjectKey, withinMs: Millis): void {
    if (withinMs <= 0) this.add(key)
    else if (!this.#waiting.has(key) && !this.#soon.has(key))
      this.#soon.set(
        key,
        this.#clock.after(withinMs, () => this.add(key)),
      )
  }

  /** If the key is already due at some time, the earlier one counts. */
  addAfter(key: ObjectKey, delayMs: Millis): void {
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const at = this.#clock.now() + delayMs
    const pending = this.#delayed.get(key)
    if (pending !== undefined && pending.at <= at) return
    pending?.timer.cancel()
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { at, timer })
  }

  /** Adds the key after a delay that doubles with each failure since the last `forget`. */
  addFailed(key: ObjectKey): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.addAfter(key, Math.min(RETRY_DELAY_FIRST_MS * 2 ** Math.min(failures, 30), RETRY_DELAY_LONGEST_MS))
  }

  forget(key: ObjectKey): void {
    this.#failures.delete(key)
  }

  /** The key that waits longest; the caller must call `finish` for it. */
  take(): ObjectKey | undefined {
    const key = this.#ready[this.#taken]
    if (key === undefined) return undefined
    this.#taken++
    if (this.#taken === this.#ready.length) {
      this.#ready = []
      this.#taken = 0
    }
    this.#waiting.delete(key)
    this.#working.add(key)
    return key
  }

  finish(key: ObjectKey): void {
    this.#working.delete(key)
    if (this.#waiting.has(key)) this.#makeReady(key)
  }

  stop(): void {
    for (const { timer } of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    for (const timer of this.#soon.values()) timer.cancel()
    this.#soon.clear()
  }

  #makeReady(key: ObjectKey): void {
    this.#ready.push(key)
    this.#onReady()
  }
}
