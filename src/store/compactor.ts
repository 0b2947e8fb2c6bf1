import type { Clock, Timer } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import type { Journal } from './journal.ts'
import type { StoreLimits } from './limits.ts'
import { type Pin, Pins } from './pins.ts'
import type { Revision } from './store.ts'

/** What a compactor works with. */
export interface CompactorOptions {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly limits: StoreLimits
  readonly compacted: Revision
  /** The newest durable revision. */
  readonly newest: () => Revision
  /** History up to here is refused from now on. */
  readonly onCompacted: (revision: Revision) => void
}

/**
 * Decides what history is still offered and has the rest removed from the journal, in steps and behind
 * the last reader. What is offered shrinks at once; what lies on the disk may shrink later.
 */
export class Compactor {
  readonly #options: CompactorOptions
  readonly #pins = new Pins(() => void this.#sweep())
  #compacted: Revision
  #swept: Revision
  #sweeping: Promise<void> | undefined
  #timer: Timer | undefined
  #lastTick: Revision

  constructor(options: CompactorOptions) {
    this.#options = options
    this.#compacted = options.compacted
    this.#swept = options.compacted
    this.#lastTick = options.newest()
    this.#schedule()
  }

  get compacted(): Revision {
    return this.#compacted
  }

  /** Keeps what can be read now from `revision` on. */
  pin(revision: Revision): Pin {
    return this.#pins.hold(revision)
  }

  async compact(revision: Revision): Promise<void> {
    if (revision <= this.#compacted) return
    this.#compacted = revision
    this.#options.onCompacted(revision)
    await this.#sweep()
  }

  /** Ends the automatic compaction and waits for the step that runs. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    // Nothing is left to sweep, so a running sweep ends with its step.
    this.#compacted = this.#swept
    await this.#sweeping
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(this.#options.limits.historyMs, () => {
      this.#schedule()
      void this.compact(this.#lastTick)
      this.#lastTick = this.#options.newest()
    })
  }

  #sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepSteps()
    return this.#sweeping
  }

  async #sweepSteps(): Promise<void> {
    // So that `#sweeping` is set before this can end and reset it.
    await undefined
    try {
      for (let next = this.#nextStep(); next > this.#swept; next = this.#nextStep()) {
        await this.#options.journal.compact(next)
        this.#swept = next
      }
    } catch (error) {
      this.#options.log.warn('compaction failed and is tried again later', { error: messageOf(error) })
    }
    this.#sweeping = undefined
  }

  #nextStep(): Revision {
    return Math.min(this.#compacted, this.#pins.oldest, this.#swept + this.#options.limits.compactionStep)
  }
}
