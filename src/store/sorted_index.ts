import { compareBytes } from './order.ts'

interface Entry<V> {
  readonly name: string
  value: V
}

/** Entries that one chunk may hold: inserting moves at most so many, finding a chunk is a binary search. */
const CHUNK_MAX = 512

/**
 * A map from names to values that is walked in byte order. Entries lie in sorted chunks, so that an
 * insertion among 100,000 moves a few hundred pointers and a count behind a name adds up chunk sizes.
 */
export class SortedIndex<V> {
  readonly #byName = new Map<string, Entry<V>>()
  #chunks: Entry<V>[][] = []

  get size(): number {
    return this.#byName.size
  }

  get(name: string): V | undefined {
    return this.#byName.get(name)?.value
  }

  set(name: string, value: V): void {
    const known = this.#byName.get(name)
    if (known !== undefined) {
      known.value = value
      return
    }
    const entry = { name, value }
    this.#byName.set(name, entry)
    this.#insert(entry)
  }

  delete(name: string): boolean {
    if (!this.#byName.delete(name)) return false
    const at = this.#chunkFor(name)
    const chunk = this.#chunks[at] as Entry<V>[]
    chunk.splice(firstBehind(chunk, name) - 1, 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
    return true
  }

  /** The values whose names come behind `name`, in order; all of them without a name. */
  *after(name?: string): Generator<V> {
    const first = name === undefined ? 0 : this.#chunkFor(name)
    for (let at = first; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] as Entry<V>[]
      const start = at === first && name !== undefined ? firstBehind(chunk, name) : 0
      for (let slot = start; slot < chunk.length; slot++) yield (chunk[slot] as Entry<V>).value
    }
  }

  /** How many names come behind `name`. */
  countAfter(name: string): number {
    const first = this.#chunkFor(name)
    const chunk = this.#chunks[first]
    if (chunk === undefined) return 0
    let count = chunk.length - firstBehind(chunk, name)
    for (let at = first + 1; at < this.#chunks.length; at++) count += (this.#chunks[at] as Entry<V>[]).length
    return count
  }

  #insert(entry: Entry<V>): void {
    const at = this.#chunkFor(entry.name)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([entry])
      return
    }
    chunk.splice(firstBehind(chunk, entry.name), 0, entry)
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(splitPoint(chunk, entry)))
  }

  /** The chunk in which `name` lies or would lie: the last that does not start behind it. */
  #chunkFor(name: string): number {
    let [low, high] = [0, this.#chunks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const first = (this.#chunks[middle] as Entry<V>[])[0] as Entry<V>
      if (compareBytes(first.name, name) <= 0) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }
}

/** Names that arrive in order fill their chunks instead of leaving every one half empty. */
function splitPoint<V>(chunk: readonly Entry<V>[], added: Entry<V>): number {
  return chunk.at(-1) === added ? chunk.length - 1 : chunk.length >> 1
}

function firstBehind<V>(chunk: readonly Entry<V>[], name: string): number {
  let [low, high] = [0, chunk.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes((chunk[middle] as Entry<V>).name, name) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
