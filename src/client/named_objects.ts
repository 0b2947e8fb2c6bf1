import { type ObjectKey, parseKey, type ResourceRef } from '../api/resource.ts'
import type { KubeObject } from '../api/types.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ReadClient } from './client.ts'
import type { CacheChange, Informer } from './informer.ts'
import { ObjectCache } from './object_cache.ts'
import { Reflector } from './reflector.ts'

/**
 * A cache of the objects that are wanted by name, each listed and watched alone: for a reader that may
 * not see the others.
 */
export class NamedObjects<T extends KubeObject> implements Informer<T> {
  readonly #resource: ResourceRef<T>
  readonly #deps: { readonly client: ReadClient; readonly clock: Clock; readonly log: Log }
  readonly #reflectors = new Map<ObjectKey, Reflector<T>>()
  readonly #cache = new ObjectCache<T>()
  readonly #listeners: ((change: CacheChange<T>) => void)[] = []

  constructor(
    resource: ResourceRef<T>,
    deps: { readonly client: ReadClient; readonly clock: Clock; readonly log: Log },
  ) {
    this.#resource = resource
    this.#deps = deps
  }

  /** From now on these are wanted, and no others. */
  want(keys: ReadonlySet<ObjectKey>): void {
    for (const [key, reflector] of [...this.#reflectors]) {
      if (keys.has(key)) continue
      reflector.stop()
      this.#reflectors.delete(key)
      this.#cache.remove(key)
    }
    for (const key of keys) if (!this.#reflectors.has(key)) this.#follow(key)
  }

  /** Resolves when each of them that is wanted has been looked for once. */
  async looked(keys: Iterable<ObjectKey>): Promise<void> {
    await Promise.all([...keys].map((key) => this.#reflectors.get(key)?.start()))
  }

  get synced(): boolean {
    return [...this.#reflectors.values()].every((reflector) => reflector.synced)
  }

  hasSeen(resourceVersion: string): boolean {
    return [...this.#reflectors.values()].every((reflector) => reflector.hasSeen(resourceVersion))
  }

  get(key: ObjectKey): T | undefined {
    return this.#cache.get(key)
  }

  list(namespace?: string): readonly T[] {
    return this.#cache.list(namespace)
  }

  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    this.#cache.addIndex(name, valuesOf)
  }

  byIndex(name: string, value: string): readonly T[] {
    return this.#cache.byIndex(name, value)
  }

  onChange(listener: (change: CacheChange<T>) => void): void {
    this.#listeners.push(listener)
  }

  stop(): void {
    this.want(new Set())
  }

  #follow(key: ObjectKey): void {
    const reflector = new Reflector(this.#resource, { ...this.#deps, client: readingOnly(this.#deps.client, key) })
    this.#reflectors.set(key, reflector)
    reflector.onChange((change) => {
      if (change.key !== key || this.#reflectors.get(key) !== reflector) return
      if (change.current === undefined) this.#cache.remove(key)
      else this.#cache.put(change.current)
      for (const listener of this.#listeners) listener(change)
    })
    void reflector.start()
  }
}

/** A client whose lists and watches are about one object. */
function readingOnly(client: ReadClient, key: ObjectKey): ReadClient {
  const { namespace, name } = parseKey(key)
  const scope = { ...(namespace === '' ? {} : { namespace }), fieldSelector: `metadata.name=${name}` }
  return {
    get: (resource, ref) => client.get(resource, ref),
    list: (resource, options) => client.list(resource, { ...options, ...scope }),
    watch: (resource, options, sink) => client.watch(resource, { ...options, ...scope }, sink),
  }
}
