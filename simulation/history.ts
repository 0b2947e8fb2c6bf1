import type { Journal, JournalRecord } from '../src/store/journal.ts'

/** A running hash (two FNV-1a of 32 bits) of everything that became durable: equal hashes, equal histories. */
export class HistoryHash {
  #low = 0x811c9dc5
  #high = 0x01000193
  records = 0

  add(record: JournalRecord): void {
    this.records += 1
    const { resource, namespace, name } = record.key
    this.#text(`${record.revision} ${record.type} ${resource}/${namespace}/${name} `)
    for (const byte of record.bytes) this.#byte(byte)
  }

  toString(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #text(text: string): void {
    for (let at = 0; at < text.length; at++) this.#byte(text.charCodeAt(at) & 0xff)
  }

  #byte(byte: number): void {
    this.#low = Math.imul(this.#low ^ byte, 0x01000193)
    this.#high = Math.imul(this.#high ^ byte ^ (this.#low >>> 24), 0x01000193)
  }
}

/** Hashes what goes into a journal. */
export function hashedJournal(inner: Journal, hash: HistoryHash): Journal {
  return {
    load: (take) => inner.load(take),
    append: async (records) => {
      await inner.append(records)
      for (const record of records) hash.add(record)
    },
    position: () => inner.position(),
    compact: (revision) => inner.compact(revision),
    events: (query) => inner.events(query),
    snapshot: (query) => inner.snapshot(query),
    close: () => inner.close(),
  }
}
