import { keyOf, type ObjectKey } from '../api/resource.ts'
import type { KubeObject } from '../api/types.ts'

/** Versions are numbers in text, of any length; an earlier one is shorter or smaller. */
export function isOlderVersion(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length
}

/**
 * Objects by key, in key order when listed, with indexes. An object never gives way to an older
 * version of itself. Ordered lists are kept until the next change of their bucket.
 */
export class ObjectCache<T extends KubeObject> {
  readonly #objects = new Map<ObjectKey, T>()
  readonly #indexes = new Map<string, Index<T>>()

  constructor() {
    this.addIndex(BY_NAMESPACE, (object) => [object.metadata.namespace ?? ''])
    this.addIndex(EVERYTHING, () => [''])
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key)
  }

  keys(): Iterable<ObjectKey> {
    return this.#objects.keys()
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? this.byIndex(EVERYTHING, '') : this.byIndex(BY_NAMESPACE, namespace)
  }

  /** Objects that are there already enter the new index at once. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    const index = new Index(valuesOf)
    for (const [key, object] of this.#objects) index.replace(key, undefined, object)
    this.#indexes.set(name, index)
  }

  byIndex(name: string, value: string): readonly T[] {
    return this.#indexes.get(name)?.list(value) ?? []
  }

  /** False if the cache has this version or a newer one of the same object. */
  put(object: T): boolean {
    const key = keyOf(object)
    const previous = this.#objects.get(key)
    if (previous !== undefined && !isOlderVersion(versionOf(previous), versionOf(object))) return false
    this.#replace(key, previous, object)
    return true
  }

  remove(key: ObjectKey): void {
    this.#replace(key, this.#objects.get(key), undefined)
  }

  #replace(key: ObjectKey, previous: T | undefined, current: T | undefined): void {
    if (current === undefined) this.#objects.delete(key)
    else this.#objects.set(key, current)
    for (const index of this.#indexes.values()) index.replace(key, previous, current)
  }
}

const BY_NAMESPACE = 'namespace'
const EVERYTHING = 'everything'

const versionOf = (object: KubeObject): string => object.metadata.resourceVersion

/** The keys stay sorted, so that a list after a change costs a walk and not another sort. */
class Bucket<T> {
  readonly #byKey = new Map<ObjectKey, T>()
  #keys: ObjectKey[] = []
  #sorted = true
  #listed: readonly T[] | undefined

  get isEmpty(): boolean {
    return this.#byKey.size === 0
  }

  put(key: ObjectKey, object: T): void {
    if (!this.#byKey.has(key)) this.#addKey(key)
    this.#byKey.set(key, object)
    this.#listed = undefined
  }

  take(key: ObjectKey): void {
    if (!this.#byKey.delete(key)) return
    this.#listed = undefined
    if (this.#sorted) this.#keys.splice(placeOf(key, this.#keys), 1)
    else this.#keys = [...this.#byKey.keys()]
  }

  list(): readonly T[] {
    if (!this.#sorted) this.#keys.sort()
    this.#sorted = true
    this.#listed ??= this.#keys.map((key) => this.#byKey.get(key) as T)
    return this.#listed
  }

  /** Between two lists many keys may come: sorting them once is cheaper than a place for each. */
  #addKey(key: ObjectKey): void {
    const last = this.#keys.at(-1)
    if (last !== undefined && last > key) this.#sorted = false
    this.#keys.push(key)
  }
}

/** Where the key stands, or would stand. */
function placeOf(key: ObjectKey, sorted: readonly ObjectKey[]): number {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] as ObjectKey) < key) from = middle + 1
    else to = middle
  }
  return from
}

/** One index: the buckets of objects that share a value. */
class Index<T extends KubeObject> {
  readonly #buckets = new Map<string, Bucket<T>>()
  readonly #valuesOf: (object: T) => readonly string[]

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf
  }

  list(value: string): readonly T[] {
    return this.#buckets.get(value)?.list() ?? []
  }

  replace(key: ObjectKey, previous: T | undefined, current: T | undefined): void {
    const kept = current === undefined ? [] : this.#valuesOf(current)
    if (previous !== undefined) {
      for (const value of this.#valuesOf(previous)) if (!kept.includes(value)) this.#take(value, key)
    }
    if (current !== undefined) for (const value of kept) this.#put(value, key, current)
  }

  #put(value: string, key: ObjectKey, object: T): void {
    const bucket = this.#buckets.get(value) ?? new Bucket<T>()
    bucket.put(key, object)
    this.#buckets.set(value, bucket)
  }

  #take(value: string, key: ObjectKey): void {
    const bucket = this.#buckets.get(value)
    if (bucket === undefined) return
    bucket.take(key)
    if (bucket.isEmpty) this.#buckets.delete(value)
  }
}
