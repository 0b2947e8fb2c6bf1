import type { Millis } from '../base/clock.ts'

/** What bounds the store's memory, its batches and its history. */
export interface StoreLimits {
  /** History is compacted so often, each time up to the revision of the time before: so one to two spans are kept. */
  readonly historyMs: Millis
  /** Events kept in memory for watches that resume; older ones are read from the journal. */
  readonly ringEventsMax: number
  /** The same, as a sum of the JSON that the events hold. */
  readonly ringBytesMax: number
  /** Transactions that one batch may carry to the disk. */
  readonly batchRecordsMax: number
  /** The same, as a sum of their JSON; one larger transaction still goes, alone. */
  readonly batchBytesMax: number
  /** Events that one read of old history returns. */
  readonly historyPageMax: number
  /** Revisions that one step of a compaction covers, so that writes never wait long behind it. */
  readonly compactionStep: number
}

/** Five minutes of history, as kube-apiserver's `--etcd-compaction-interval`. */
export const STORE_LIMITS: StoreLimits = {
  historyMs: 5 * 60_000,
  ringEventsMax: 20_000,
  // What hangs on these bytes, as objects, is four times as much.
  ringBytesMax: 16 * 2 ** 20,
  batchRecordsMax: 1_000,
  batchBytesMax: 8 * 2 ** 20,
  historyPageMax: 500,
  compactionStep: 1_000,
}
