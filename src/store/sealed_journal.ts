import type {
  EventsQuery,
  Journal,
  JournalEvent,
  JournalPosition,
  JournalRecord,
  SnapshotQuery,
  SnapshotResult,
} from './journal.ts'
import type { Revision, StoreKey } from './store.ts'

/**
 * Makes bytes unreadable without a key, and readable again. `place` is sealed in with them: bytes that
 * were moved to another place do not open.
 */
export interface Seal {
  seal(bytes: Uint8Array, place: string): Uint8Array
  /** @throws Error when the bytes were sealed with another key, in another place, or were changed */
  open(bytes: Uint8Array, place: string): Uint8Array
}

const OPEN_BRACE = 0x7b

/**
 * A journal in which the states of some resources are sealed: whoever gets hold of the file, or of a
 * copy of it, reads no secrets. States that were written before there was a seal are read as they are.
 */
export class SealedJournal implements Journal {
  readonly #journal: Journal
  readonly #seal: Seal
  readonly #resources: ReadonlySet<string>

  constructor(journal: Journal, seal: Seal, resources: ReadonlySet<string>) {
    this.#journal = journal
    this.#seal = seal
    this.#resources = resources
  }

  load(take: (record: JournalRecord) => void): Promise<JournalPosition> {
    return this.#journal.load((record) => take(this.#opened(record)))
  }

  append(records: readonly JournalRecord[]): Promise<void> {
    return this.#journal.append(records.map((record) => this.#sealed(record)))
  }

  position(): Promise<JournalPosition> {
    return this.#journal.position()
  }

  compact(revision: Revision): Promise<void> {
    return this.#journal.compact(revision)
  }

  async events(query: EventsQuery): Promise<readonly JournalEvent[]> {
    const events = await this.#journal.events(query)
    return events.map(({ record, previousBytes }) => ({
      record: this.#opened(record),
      previousBytes: previousBytes && this.#openedBytes(record.key, record.previous, previousBytes),
    }))
  }

  async snapshot(query: SnapshotQuery): Promise<SnapshotResult> {
    const { records, remaining } = await this.#journal.snapshot(query)
    return { records: records.map((record) => this.#opened(record)), remaining }
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  #sealed(record: JournalRecord): JournalRecord {
    if (!this.#resources.has(record.key.resource)) return record
    return { ...record, bytes: this.#seal.seal(record.bytes, placeOf(record.key, record.revision)) }
  }

  #opened(record: JournalRecord): JournalRecord {
    const bytes = this.#openedBytes(record.key, record.revision, record.bytes)
    return bytes === record.bytes ? record : { ...record, bytes }
  }

  #openedBytes(key: StoreKey, revision: Revision, bytes: Uint8Array): Uint8Array {
    // A state is a JSON object; what is sealed never begins like one.
    if (!this.#resources.has(key.resource) || bytes[0] === OPEN_BRACE) return bytes
    return this.#seal.open(bytes, placeOf(key, revision))
  }
}

/** No name holds a zero byte, so no two places have one text. */
const placeOf = ({ resource, namespace, name }: StoreKey, revision: Revision): string =>
  [resource, namespace, name, revision].join('\0')
