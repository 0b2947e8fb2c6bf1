import type { JournalRecord } from './journal.ts'
import type { Revision, StoredObject, StoreKey } from './store.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Of these there are many, and hardly anybody reads one: what is kept is their JSON as a text, a fifth of what they are as
 * objects. A text costs 16 bytes beside its letters, bytes of their own 400. Whoever does read one finds its object and its
 * bytes while V8 has not collected them, and else has them made from the text.
 */
const KEPT_AS_TEXT: ReadonlySet<string> = new Set(['events'])

/** What a text was read or written as. */
interface Shown {
  object?: object
  bytes?: Uint8Array
}

class StoredAsText implements StoredObject {
  readonly key: StoreKey
  readonly revision: Revision
  readonly size: number
  readonly #text: string
  #shown: WeakRef<Shown>

  constructor(key: StoreKey, revision: Revision, text: string, shown: Required<Shown>) {
    this.key = key
    this.revision = revision
    this.size = shown.bytes.length
    this.#text = text
    this.#shown = new WeakRef(shown)
  }

  get object(): object {
    const shown = this.#current()
    shown.object ??= JSON.parse(this.#text) as object
    return shown.object
  }

  get bytes(): Uint8Array {
    const shown = this.#current()
    shown.bytes ??= encoder.encode(this.#text)
    return shown.bytes
  }

  #current(): Shown {
    const known = this.#shown.deref()
    if (known !== undefined) return known
    const shown: Shown = {}
    this.#shown = new WeakRef(shown)
    return shown
  }
}

/** Serialises a new state: the only time that this happens to it. */
export function storedFromObject(key: StoreKey, revision: Revision, object: object): StoredObject {
  const text = JSON.stringify(object)
  return stored(key, revision, text, { object, bytes: encoder.encode(text) })
}

/** A state that was read back. */
export function storedFromBytes(key: StoreKey, revision: Revision, bytes: Uint8Array): StoredObject {
  const text = decoder.decode(bytes)
  return stored(key, revision, text, { object: JSON.parse(text) as object, bytes })
}

function stored(key: StoreKey, revision: Revision, text: string, shown: Required<Shown>): StoredObject {
  if (KEPT_AS_TEXT.has(key.resource)) return new StoredAsText(key, revision, text, shown)
  const { object, bytes } = shown
  return { key, revision, object, bytes, size: bytes.length }
}

/** The state that a record holds. */
export function storedFromRecord(record: JournalRecord): StoredObject {
  return storedFromBytes(record.key, record.revision, record.bytes)
}
