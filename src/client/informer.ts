import type { ObjectKey, ResourceRef } from '../api/resource.ts'
import type { KubeObject } from '../api/types.ts'

/** What changed in the cache: `previous` is absent for what is new, `current` for what is gone. */
export interface CacheChange<T> {
  readonly key: ObjectKey
  readonly previous: T | undefined
  readonly current: T | undefined
}

/**
 * A cache of one resource, kept current by list and watch. It may lag behind the server but never
 * goes back in time. Lookups are synchronous; objects are shared and frozen.
 */
export interface Informer<T extends KubeObject> {
  readonly synced: boolean
  /** Whether the cache shows everything up to this resourceVersion: how a part knows that it sees its own write. */
  hasSeen(resourceVersion: string): boolean
  get(key: ObjectKey): T | undefined
  /** All objects, or those of one namespace, in key order. */
  list(namespace?: string): readonly T[]
  /** Adds an index before `start`; an object has the values that `valuesOf` gives. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void
  byIndex(name: string, value: string): readonly T[]
  /** Told of every change after it has entered the cache, also of those of the first list. */
  onChange(listener: (change: CacheChange<T>) => void): void
}

/** The caches that several parts share: one watch a resource, however many ask for it. */
export interface Informers {
  of<T extends KubeObject>(resource: ResourceRef<T>): Informer<T>
  /** Starts those asked for so far; resolves when all have their first list. */
  start(): Promise<void>
  stop(): void
}
