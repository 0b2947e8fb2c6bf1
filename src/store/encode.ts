import type { JournalRecord } from './journal.ts'
import type { Revision, StoredObject, StoreKey } from './store.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Of these there are many, and hardly anybody reads one: what is kept is their JSON, a fifth of what they are as objects.
 * Whoever does read one finds its object while V8 has not collected it, and else reads it from the JSON.
 */
const KEPT_AS_JSON: ReadonlySet<string> = new Set(['events'])

class StoredAsJson implements StoredObject {
  readonly key: StoreKey
  readonly revision: Revision
  readonly text: string
  readonly size: number
  #object: WeakRef<object>

  constructor({ key, revision, object, text, size }: StoredObject) {
    this.key = key
    this.revision = revision
    this.text = text
    this.size = size
    this.#object = new WeakRef(object)
  }

  get object(): object {
    const known = this.#object.deref()
    if (known !== undefined) return known
    const read = JSON.parse(this.text) as object
    this.#object = new WeakRef(read)
    return read
  }
}

const kept = (stored: StoredObject): StoredObject =>
  KEPT_AS_JSON.has(stored.key.resource) ? new StoredAsJson(stored) : stored

/** Serialises a new state: the only time that this happens to it. Where its JSON is known already, not even once. */
export function storedFromObject(
  key: StoreKey,
  revision: Revision,
  object: object,
  text = JSON.stringify(object),
): StoredObject {
  return kept({ key, revision, object, text, size: sizeOf(text) })
}

/** A state that was read back. */
export function storedFromBytes(key: StoreKey, revision: Revision, bytes: Uint8Array): StoredObject {
  const text = decoder.decode(bytes)
  return kept({ key, revision, object: JSON.parse(text) as object, text, size: bytes.length })
}

/** The state that a record holds. */
export function storedFromRecord(record: JournalRecord): StoredObject {
  return storedFromBytes(record.key, record.revision, record.bytes)
}

/** The JSON of several states as UTF-8: views of one piece of memory, which goes when nobody holds them any more. */
export function bytesOfAll(states: readonly StoredObject[]): Uint8Array[] {
  const whole = new Uint8Array(states.reduce((sum, { size }) => sum + size, 0))
  let at = 0
  return states.map(({ text, size }) => {
    const bytes = whole.subarray(at, at + size)
    encoder.encodeInto(text, bytes)
    at += size
    return bytes
  })
}

/** Where texts are encoded to see how large they become; larger ones get a place of their own. */
const scratch = new Uint8Array(64 * 1024)

function sizeOf(text: string): number {
  const { read, written } = encoder.encodeInto(text, scratch)
  return read === text.length ? written : encoder.encode(text).length
}
