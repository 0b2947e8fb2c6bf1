import type { JournalRecord } from './journal.ts'
import type { Revision, StoredObject, StoreKey } from './store.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Serialises a new state: the only time that this happens to it. */
export function storedFromObject(key: StoreKey, revision: Revision, object: object): StoredObject {
  return { key, revision, object, bytes: encoder.encode(JSON.stringify(object)) }
}

/** A state that was read back. */
export function storedFromBytes(key: StoreKey, revision: Revision, bytes: Uint8Array): StoredObject {
  return { key, revision, object: JSON.parse(decoder.decode(bytes)) as object, bytes }
}

/** The state that a record holds. */
export function storedFromRecord(record: JournalRecord): StoredObject {
  return storedFromBytes(record.key, record.revision, record.bytes)
}
