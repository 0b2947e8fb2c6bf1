import type { JournalRecord } from './journal.ts'
import type { Revision, StoredObject, StoreKey } from './store.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Of these there are many, and hardly anybody reads one: what is kept is their bytes, a fifth of what they are as
 * objects. Whoever does read one finds its object while V8 has not collected it, and else reads it from the bytes.
 */
const KEPT_AS_BYTES: ReadonlySet<string> = new Set(['events'])

class StoredAsBytes implements StoredObject {
  readonly key: StoreKey
  readonly revision: Revision
  readonly bytes: Uint8Array
  #object: WeakRef<object>

  constructor(key: StoreKey, revision: Revision, stored: { readonly object: object; readonly bytes: Uint8Array }) {
    this.key = key
    this.revision = revision
    this.bytes = stored.bytes
    this.#object = new WeakRef(stored.object)
  }

  get object(): object {
    const known = this.#object.deref()
    if (known !== undefined) return known
    const read = JSON.parse(decoder.decode(this.bytes)) as object
    this.#object = new WeakRef(read)
    return read
  }
}

/** Serialises a new state: the only time that this happens to it. */
export function storedFromObject(key: StoreKey, revision: Revision, object: object): StoredObject {
  const bytes = encoder.encode(JSON.stringify(object))
  if (KEPT_AS_BYTES.has(key.resource)) return new StoredAsBytes(key, revision, { object, bytes })
  return { key, revision, object, bytes }
}

/** A state that was read back. */
export function storedFromBytes(key: StoreKey, revision: Revision, bytes: Uint8Array): StoredObject {
  const object = JSON.parse(decoder.decode(bytes)) as object
  if (KEPT_AS_BYTES.has(key.resource)) return new StoredAsBytes(key, revision, { object, bytes })
  return { key, revision, object, bytes }
}

/** The state that a record holds. */
export function storedFromRecord(record: JournalRecord): StoredObject {
  return storedFromBytes(record.key, record.revision, record.bytes)
}
