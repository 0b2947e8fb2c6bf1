import type { JournalPosition, JournalRecord } from '../journal.ts'
import { MemoryJournal } from '../memory_journal.ts'

interface HeldBatch {
  readonly records: readonly JournalRecord[]
  readonly end: (error?: Error) => void
}

/** A journal for tests whose batches wait until they are let through or failed. */
export class GatedJournal extends MemoryJournal {
  /** While set, batches wait. */
  isHeld = false
  /** While set, the journal cannot say what it holds. */
  isLost = false
  #held: HeldBatch | undefined

  /** The revisions of the batch that waits. */
  get waiting(): readonly number[] {
    return this.#held?.records.map(({ revision }) => revision) ?? []
  }

  override async append(records: readonly JournalRecord[]): Promise<void> {
    if (this.isHeld) await this.#gate(records)
    await super.append(records)
  }

  override async position(): Promise<JournalPosition> {
    if (this.isLost) throw new Error('the disk is gone')
    return super.position()
  }

  /** Lets the waiting batch through. */
  pass(): void {
    this.#held?.end()
  }

  /** Fails the waiting batch. */
  fail(): void {
    this.#held?.end(new Error('no space left on device'))
  }

  #gate(records: readonly JournalRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        this.#held = undefined
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#held = { records, end }
    })
  }
}
