import type { WatchEvent } from '../api/request.ts'
import { keyOf, type ObjectKey, type ResourceRef } from '../api/resource.ts'
import type { KubeObject } from '../api/types.ts'
import { type Clock, sleep } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import type { ListResult, ReadClient } from './client.ts'
import { isExpired } from './expired.ts'
import type { CacheChange, Informer } from './informer.ts'
import {
  FAILURES_WORTH_A_WARNING,
  OLDER_LISTS_MAX,
  RELIST_DELAY_FIRST_MS,
  RELIST_DELAY_LONGEST_MS,
  SHORT_WATCH_MS,
  WATCH_TIMEOUT_SECONDS,
} from './limits.ts'
import { isOlderVersion, ObjectCache } from './object_cache.ts'

/**
 * Keeps one cache current: a list, then a watch from the list's version, then watches that resume
 * where the last one ended. Only when the server no longer has that version (410) it lists again,
 * and a list that is older than what the cache has seen is refused and asked for again, until it is
 * certain that the server will not catch up.
 */
export class Reflector<T extends KubeObject> implements Informer<T> {
  readonly #resource: ResourceRef<T>
  readonly #client: ReadClient
  readonly #clock: Clock
  readonly #log: Log
  readonly #cache = new ObjectCache<T>()
  readonly #listeners: ((change: CacheChange<T>) => void)[] = []
  readonly #stopped = new AbortController()
  readonly #firstList = Promise.withResolvers<void>()
  #started = false
  #synced = false
  #version = ''
  #failures = 0
  #eventsSeen = 0
  #olderLists = 0

  constructor(
    resource: ResourceRef<T>,
    deps: { readonly client: ReadClient; readonly clock: Clock; readonly log: Log },
  ) {
    this.#resource = resource
    this.#client = deps.client
    this.#clock = deps.clock
    this.#log = deps.log.child({ resource: resource.resource })
  }

  get synced(): boolean {
    return this.#synced
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

  hasSeen(resourceVersion: string): boolean {
    return this.#synced && !isOlderVersion(this.#version, resourceVersion)
  }

  start(): Promise<void> {
    if (!this.#started) {
      this.#started = true
      void this.#run()
    }
    return this.#firstList.promise
  }

  stop(): void {
    this.#stopped.abort()
    this.#firstList.resolve()
  }

  async #run(): Promise<void> {
    let mustList = true
    while (!this.#stopped.signal.aborted) {
      try {
        if (mustList) await this.#relist()
        mustList = false
        await this.#watchOnce()
      } catch (error) {
        if (this.#stopped.signal.aborted) return
        mustList ||= isExpired(error)
        const level = this.#failures < FAILURES_WORTH_A_WARNING ? 'debug' : 'warn'
        this.#log[level]('A cache cannot list or watch.', { error: messageOf(error), mustList })
        await this.#backOff()
      }
    }
  }

  async #backOff(): Promise<void> {
    const delayMs = Math.min(RELIST_DELAY_FIRST_MS * 2 ** Math.min(this.#failures, 20), RELIST_DELAY_LONGEST_MS)
    this.#failures++
    await sleep(this.#clock, delayMs, this.#stopped.signal).catch(() => {})
  }

  async #relist(): Promise<void> {
    const found = await this.#client.list(this.#resource, { signal: this.#stopped.signal })
    if (this.#stopped.signal.aborted) return
    if (isOlderVersion(found.resourceVersion, this.#version)) this.#refuseOlder()
    this.#olderLists = 0
    this.#replaceAll(found)
    this.#synced = true
    this.#firstList.resolve()
  }

  /** A server may lag for a while; one that stays behind has another history, and the cache begins anew. */
  #refuseOlder(): void {
    this.#olderLists++
    if (this.#olderLists < OLDER_LISTS_MAX) throw new Error('the list is older than the cache')
    this.#log.warn('The server has lost what the cache has seen; the cache begins anew.', { version: this.#version })
    for (const key of [...this.#cache.keys()]) this.#remove(key)
  }

  #replaceAll(found: ListResult<T>): void {
    this.#version = found.resourceVersion
    const present = new Set(found.items.map(keyOf))
    for (const key of [...this.#cache.keys()]) if (!present.has(key)) this.#remove(key)
    for (const object of found.items) this.#put(object)
  }

  /** Resolves when the server ends the watch in good order; the next one resumes. */
  async #watchOnce(): Promise<void> {
    const openedAt = this.#clock.now()
    this.#eventsSeen = 0
    await this.#watchUntilEnd()
    const short = Math.abs(this.#clock.now() - openedAt) < SHORT_WATCH_MS
    if (short && this.#eventsSeen === 0) throw new Error('the watch ended at once without an event')
    this.#failures = 0
  }

  async #watchUntilEnd(): Promise<void> {
    const ended = Promise.withResolvers<void>()
    const handle = await this.#client.watch(
      this.#resource,
      { resourceVersion: this.#version, timeoutSeconds: WATCH_TIMEOUT_SECONDS, signal: this.#stopped.signal },
      {
        event: (event) => this.#take(event),
        closed: (error) => (error === undefined ? ended.resolve() : ended.reject(error)),
      },
    )
    const stop = () => {
      handle.stop()
      ended.resolve()
    }
    if (this.#stopped.signal.aborted) return stop()
    this.#stopped.signal.addEventListener('abort', stop, { once: true })
    await ended.promise.finally(() => this.#stopped.signal.removeEventListener('abort', stop))
  }

  #take(event: WatchEvent<T>): void {
    if (this.#stopped.signal.aborted) return
    this.#failures = 0
    this.#eventsSeen++
    const version = event.object.metadata.resourceVersion
    if (isOlderVersion(this.#version, version)) this.#version = version
    if (event.type === 'DELETED') this.#removeVersion(event.object)
    else if (event.type !== 'BOOKMARK') this.#put(event.object)
  }

  #put(object: T): void {
    const key = keyOf(object)
    const previous = this.#cache.get(key)
    if (this.#cache.put(object)) this.#tell({ key, previous, current: object })
  }

  /** A deletion that is older than what the cache holds under this name is about a predecessor. */
  #removeVersion(object: T): void {
    const held = this.#cache.get(keyOf(object))
    if (held === undefined || isOlderVersion(object.metadata.resourceVersion, held.metadata.resourceVersion)) return
    this.#remove(keyOf(object))
  }

  #remove(key: ObjectKey): void {
    const previous = this.#cache.get(key)
    this.#cache.remove(key)
    if (previous !== undefined) this.#tell({ key, previous, current: undefined })
  }

  #tell(change: CacheChange<T>): void {
    for (const listener of this.#listeners) listener(change)
  }
}
