import type {
  EventsQuery,
  JournalEvent,
  JournalPosition,
  JournalRecord,
  SnapshotQuery,
  SnapshotResult,
} from '../../store/journal.ts'
import type { Revision, StoreKey } from '../../store/store.ts'

/** A record whose JSON lies in the batch's one buffer, which moves to the worker without a copy. */
export interface PackedRecord extends Omit<JournalRecord, 'bytes'> {
  readonly start: number
  readonly end: number
}

/** What the worker is asked, and what it answers to each. */
export interface JournalCalls {
  open: { asks: { file: string }; answers: JournalPosition }
  load: { asks: { after: StoreKey; limit: number }; answers: { records: JournalRecord[]; last: StoreKey | undefined } }
  append: { asks: { records: PackedRecord[]; buffer: Uint8Array<ArrayBuffer> }; answers: undefined }
  position: { asks: undefined; answers: JournalPosition }
  compact: { asks: { revision: Revision }; answers: undefined }
  events: { asks: EventsQuery; answers: JournalEvent[] }
  snapshot: { asks: SnapshotQuery; answers: SnapshotResult }
  close: { asks: undefined; answers: undefined }
}

export type JournalCall = keyof JournalCalls

/** One call on its way to the worker. */
export interface JournalRequest<C extends JournalCall = JournalCall> {
  readonly id: number
  readonly call: C
  readonly asks: JournalCalls[C]['asks']
}

/** Its answer; `error` is a message. */
export type JournalResponse =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }

/** Puts a batch's JSON into one buffer. */
export function packRecords(records: readonly JournalRecord[]): JournalCalls['append']['asks'] {
  const buffer = new Uint8Array(records.reduce((sum, { bytes }) => sum + bytes.length, 0))
  let start = 0
  const packed = records.map(({ bytes, ...record }) => {
    buffer.set(bytes, start)
    const end = start + bytes.length
    const placed = { ...record, start, end }
    start = end
    return placed
  })
  return { records: packed, buffer }
}

export function unpackRecords({ records, buffer }: JournalCalls['append']['asks']): JournalRecord[] {
  return records.map(({ start, end, ...record }) => ({ ...record, bytes: buffer.subarray(start, end) }))
}
