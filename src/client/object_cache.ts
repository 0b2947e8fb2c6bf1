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
    return this.#indexes.get(name)?.list(value, this.#objects) ?? []
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

/**
 * The keys of the objects that share a value. They stay sorted, so that a list after a change costs a walk and not another
 * sort. An index by uid has a bucket for each object: one of a single key takes no more than that.
 */
class Bucket<T> {
  #keys: ObjectKey[]
  #sorted = true
  #listed: readonly T[] | undefined

  constructor(first: ObjectKey) {
    this.#keys = [first]
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0
  }

  /** One that is not here, except as the last that was added. Between two lists many may come: sorting once is cheaper than a place for each. */
  add(key: ObjectKey): void {
    const last = this.#keys.at(-1)
    if (last === key) return
    if (last !== undefined && last > key) this.#sorted = false
    this.#keys.push(key)
    this.#listed = undefined
  }

  /** The object of one of the keys is another now. */
  changed(): void {
    this.#listed = undefined
  }

  take(key: ObjectKey): void {
    this.#listed = undefined
    const at = this.#sorted ? placeOf(key, this.#keys) : this.#keys.indexOf(key)
    if (this.#keys[at] === key) this.#keys.splice(at, 1)
  }

  list(objects: ReadonlyMap<ObjectKey, T>): readonly T[] {
    if (!this.#sorted) this.#keys.sort()
    this.#sorted = true
    this.#listed ??= this.#keys.map((key) => objects.get(key) as T)
    return this.#listed
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

  list(value: string, objects: ReadonlyMap<ObjectKey, T>): readonly T[] {
    return this.#buckets.get(value)?.list(objects) ?? []
  }

  replace(key: ObjectKey, previous: T | undefined, current: T | undefined): void {
    const before = previous === undefined ? [] : this.#valuesOf(previous)
    const now = current === undefined ? [] : this.#valuesOf(current)
    for (const value of before) if (!now.includes(value)) this.#take(value, key)
    for (const value of now) {
      if (before.includes(value)) this.#buckets.get(value)?.changed()
      else this.#add(value, key)
    }
  }

  #add(value: string, key: ObjectKey): void {
    const bucket = this.#buckets.get(value)
    if (bucket === undefined) this.#buckets.set(value, new Bucket(key))
    else bucket.add(key)
  }

  #take(value: string, key: ObjectKey): void {
    const bucket = this.#buckets.get(value)
    if (bucket === undefined) return
    bucket.take(key)
    if (bucket.isEmpty) this.#buckets.delete(value)
  }
}
