import { bytesOfAll } from './encode.ts'
import type { JournalRecord } from './journal.ts'
import { KeyMap } from './key_map.ts'
import type { CommitOutcome, StoredObject, StoreEvent, StoreFailedError, StoreKey } from './store.ts'

/** A transaction that has been checked and waits for the disk. */
export interface PendingWrite {
  readonly event: StoreEvent
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: StoreFailedError) => void
}

/** What bounds a batch. */
export interface BatchLimits {
  readonly batchRecordsMax: number
  readonly batchBytesMax: number
}

/** The head's lead over what is durable: transactions in order, and the newest pending state by key. */
export class PendingWrites {
  readonly #newest = new KeyMap<StoreEvent>()
  #waiting: PendingWrite[] = []
  #inFlight: PendingWrite[] = []

  /** The newest pending change of a key; undefined if what is durable is the newest. */
  newest(key: StoreKey): StoreEvent | undefined {
    return this.#newest.get(key)
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  add(write: PendingWrite): void {
    this.#newest.set(write.event.key, write.event)
    this.#waiting.push(write)
  }

  /** Takes the next batch: everything that waits, within the limits, but at least one. */
  takeBatch(limits: BatchLimits): readonly PendingWrite[] {
    let [count, bytes] = [0, 0]
    for (const { event } of this.#waiting) {
      bytes += event.current.size
      if (count > 0 && (count >= limits.batchRecordsMax || bytes > limits.batchBytesMax)) break
      count++
    }
    this.#inFlight = this.#waiting.splice(0, count)
    return this.#inFlight
  }

  /** A write of the batch has become durable. */
  settle(event: StoreEvent): void {
    if (this.#newest.get(event.key) === event) this.#newest.delete(event.key)
  }

  batchDone(): void {
    this.#inFlight = []
  }

  /** Drops and rejects everything that is not durable. */
  fail(error: StoreFailedError): void {
    const failed = [...this.#inFlight, ...this.#waiting]
    this.#newest.clear()
    this.#waiting = []
    this.#inFlight = []
    for (const write of failed) write.reject(error)
  }
}

/** The state that a change leaves under its key. */
export function stateAfter(event: StoreEvent): StoredObject | undefined {
  return event.type === 'deleted' ? undefined : event.current
}

/** Changes as the journal keeps them. */
export function recordsOf(events: readonly StoreEvent[]): JournalRecord[] {
  const bytes = bytesOfAll(events.map(({ current }) => current))
  return events.map(({ revision, type, key, previous }, index) => ({
    ...{ revision, type, key, previous: previous?.revision ?? 0 },
    bytes: bytes[index] as Uint8Array,
  }))
}
