import type { StoreEvent, StoreRange } from './store.ts'

/** Whoever is told events as they become durable. */
export interface LiveWatch {
  readonly range: StoreRange
  tell(event: StoreEvent): void
}

interface ResourceWatches {
  readonly all: Set<LiveWatch>
  readonly byNamespace: Map<string, Set<LiveWatch>>
}

/** The live watches by what they watch, so that an event costs only those whom it concerns. */
export class WatchFanOut {
  readonly #resources = new Map<string, ResourceWatches>()

  add(watch: LiveWatch): void {
    const { resource, namespace } = watch.range
    const watches = this.#resources.get(resource) ?? { all: new Set(), byNamespace: new Map() }
    this.#resources.set(resource, watches)
    if (namespace === undefined) {
      watches.all.add(watch)
      return
    }
    const inNamespace = watches.byNamespace.get(namespace) ?? new Set<LiveWatch>()
    watches.byNamespace.set(namespace, inNamespace.add(watch))
  }

  remove(watch: LiveWatch): void {
    const { resource, namespace } = watch.range
    const watches = this.#resources.get(resource)
    if (namespace === undefined) {
      watches?.all.delete(watch)
      return
    }
    const inNamespace = watches?.byNamespace.get(namespace)
    inNamespace?.delete(watch)
    if (inNamespace?.size === 0) watches?.byNamespace.delete(namespace)
  }

  /** Tells an event to all whom it concerns. Watches may be added and removed meanwhile. */
  tell(event: StoreEvent): void {
    const watches = this.#resources.get(event.key.resource)
    if (watches === undefined) return
    for (const watch of watches.all) watch.tell(event)
    for (const watch of watches.byNamespace.get(event.key.namespace) ?? []) watch.tell(event)
  }
}

/** Whether a key lies in a range. */
export function isInRange(range: StoreRange, key: { readonly resource: string; readonly namespace: string }): boolean {
  return range.resource === key.resource && (range.namespace === undefined || range.namespace === key.namespace)
}
