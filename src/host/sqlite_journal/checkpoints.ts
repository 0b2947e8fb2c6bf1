import type { DatabaseSync } from 'node:sqlite'
import { type Clock, type Millis, systemClock } from '../../base/clock.ts'

/** SQLite makes a checkpoint itself, inside a commit, once the log has so many pages: 16 MB. Its own measure is 1,000. */
const LOG_PAGES_MAX = 4_000
/** Fewer records than these are left in the log. They take about a thousand pages. */
const RECORDS_MIN = 250
/** So long nobody must have written. */
const QUIET_MS: Millis = 20

/**
 * Moves the log into the database file when nobody waits for it. SQLite does that inside the commit that fills the log, and
 * with its own measure one commit in seventy took 3.5 ms instead of 0.3: the slowest hundredth of all writes.
 * Nothing depends on when it happens: what is committed is durable in the log.
 */
export class Checkpoints {
  readonly #database: DatabaseSync
  readonly #clock: Clock
  #records = 0
  #lastWrite: Millis = 0
  #isPlanned = false

  constructor(database: DatabaseSync, clock: Clock = systemClock) {
    this.#database = database
    this.#clock = clock
    database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES_MAX}`)
  }

  /** So many records have just been written. */
  written(records: number): void {
    this.#records += records
    this.#lastWrite = this.#clock.now()
    if (this.#records >= RECORDS_MIN && !this.#isPlanned) this.#plan()
  }

  #plan(): void {
    this.#isPlanned = true
    this.#clock.after(QUIET_MS, () => {
      this.#isPlanned = false
      if (!this.#database.isOpen) return
      if (Math.abs(this.#clock.now() - this.#lastWrite) < QUIET_MS) this.#plan()
      else this.#checkpoint()
    })
  }

  /** One that fails costs nothing but the log's length: the next one does its work, or says inside a commit why it cannot. */
  #checkpoint(): void {
    this.#records = 0
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch {
      this.#records = RECORDS_MIN
    }
  }
}
