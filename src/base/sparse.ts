/** What can be asked of a map. */
export interface Lookup<K, V> {
  readonly size: number
  get(key: K): V | undefined
  has(key: K): boolean
}

/** What can be asked of a set. */
export interface Membership<T> extends Iterable<T> {
  readonly size: number
  has(value: T): boolean
}

/** A map that is empty nearly always: then it has no table, which takes 200 bytes even for nothing. */
export class SparseMap<K, V> implements Lookup<K, V> {
  #entries: Map<K, V> | undefined

  get size(): number {
    return this.#entries?.size ?? 0
  }

  get(key: K): V | undefined {
    return this.#entries?.get(key)
  }

  has(key: K): boolean {
    return this.#entries?.has(key) ?? false
  }

  set(key: K, value: V): void {
    this.#entries ??= new Map()
    this.#entries.set(key, value)
  }

  delete(key: K): void {
    this.#entries?.delete(key)
    if (this.#entries?.size === 0) this.#entries = undefined
  }

  clear(): void {
    this.#entries = undefined
  }
}

/** A set that is empty nearly always. */
export class SparseSet<T> implements Membership<T> {
  #values: Set<T> | undefined

  get size(): number {
    return this.#values?.size ?? 0
  }

  has(value: T): boolean {
    return this.#values?.has(value) ?? false
  }

  add(value: T): void {
    this.#values ??= new Set()
    this.#values.add(value)
  }

  delete(value: T): void {
    this.#values?.delete(value)
    if (this.#values?.size === 0) this.#values = undefined
  }

  *[Symbol.iterator](): Generator<T> {
    if (this.#values !== undefined) yield* this.#values
  }
}
