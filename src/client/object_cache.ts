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

interface Bucket<T> {
  readonly byKey: Map<ObjectKey, T>
  ordered: readonly T[] | undefined
}

/** One index: the buckets of objects that share a value. */
class Index<T extends KubeObject> {
  readonly #buckets = new Map<string, Bucket<T>>()
  readonly #valuesOf: (object: T) => readonly string[]

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf
  }

  list(value: string): readonly T[] {
    const bucket = this.#buckets.get(value)
    if (bucket === undefined) return []
    bucket.ordered ??= inKeyOrder(bucket.byKey)
    return bucket.ordered
  }

  replace(key: ObjectKey, previous: T | undefined, current: T | undefined): void {
    if (previous !== undefined) for (const value of this.#valuesOf(previous)) this.#take(value, key)
    if (current !== undefined) for (const value of this.#valuesOf(current)) this.#put(value, key, current)
  }

  #put(value: string, key: ObjectKey, object: T): void {
    const bucket = this.#buckets.get(value) ?? { byKey: new Map<ObjectKey, T>(), ordered: undefined }
    bucket.byKey.set(key, object)
    bucket.ordered = undefined
    this.#buckets.set(value, bucket)
  }

  #take(value: string, key: ObjectKey): void {
    const bucket = this.#buckets.get(value)
    if (bucket === undefined) return
    bucket.byKey.delete(key)
    bucket.ordered = undefined
    if (bucket.byKey.size === 0) this.#buckets.delete(value)
  }
}

function inKeyOrder<T>(byKey: ReadonlyMap<ObjectKey, T>): readonly T[] {
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}
