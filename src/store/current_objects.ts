import type { PlaceInOrder } from './order.ts'
import { compareBytes } from './order.ts'
import { SortedIndex } from './sorted_index.ts'
import type { StoredObject, StoreKey, StoreRange } from './store.ts'

type Namespace = SortedIndex<StoredObject>

interface Resource {
  readonly namespaces: SortedIndex<Namespace>
  count: number
}

/** The newest durable state of every key, in key order per resource and namespace. */
export class CurrentObjects {
  readonly #resources = new Map<string, Resource>()

  get(key: StoreKey): StoredObject | undefined {
    return this.#resources.get(key.resource)?.namespaces.get(key.namespace)?.get(key.name)
  }

  put(stored: StoredObject): void {
    const { resource: resourceName, namespace: namespaceName, name } = stored.key
    const resource = this.#resources.get(resourceName) ?? { namespaces: new SortedIndex<Namespace>(), count: 0 }
    this.#resources.set(resourceName, resource)
    const namespace = resource.namespaces.get(namespaceName) ?? new SortedIndex<StoredObject>()
    if (namespace.size === 0) resource.namespaces.set(namespaceName, namespace)
    resource.count -= namespace.size
    namespace.set(name, stored)
    resource.count += namespace.size
  }

  remove(key: StoreKey): void {
    const resource = this.#resources.get(key.resource)
    const namespace = resource?.namespaces.get(key.namespace)
    if (resource === undefined || namespace === undefined || !namespace.delete(key.name)) return
    resource.count--
    if (namespace.size === 0) resource.namespaces.delete(key.namespace)
  }

  count(range: StoreRange): number {
    const resource = this.#resources.get(range.resource)
    if (range.namespace === undefined) return resource?.count ?? 0
    return resource?.namespaces.get(range.namespace)?.size ?? 0
  }

  /** The range's objects behind `after`, in key order. Must be walked before anything changes. */
  *walk(range: StoreRange, after?: PlaceInOrder): Generator<StoredObject> {
    for (const part of this.#parts(range, after)) yield* part.namespace.after(part.after)
  }

  /** How many objects `walk` would give. */
  countAfter(range: StoreRange, after?: PlaceInOrder): number {
    if (after === undefined) return this.count(range)
    let count = 0
    for (const part of this.#parts(range, after)) {
      count += part.after === undefined ? part.namespace.size : part.namespace.countAfter(part.after)
    }
    return count
  }

  *#parts(range: StoreRange, after?: PlaceInOrder): Generator<{ namespace: Namespace; after?: string }> {
    const namespaces = this.#resources.get(range.resource)?.namespaces
    if (namespaces === undefined) return
    const cut = after === undefined ? undefined : namespaces.get(after.namespace)
    if (range.namespace === undefined) {
      if (after !== undefined && cut !== undefined) yield { namespace: cut, after: after.name }
      for (const namespace of namespaces.after(after?.namespace)) yield { namespace }
      return
    }
    const namespace = namespaces.get(range.namespace)
    const order = after === undefined ? -1 : compareBytes(after.namespace, range.namespace)
    if (namespace === undefined || order > 0) return
    yield order === 0 && after !== undefined ? { namespace, after: after.name } : { namespace }
  }
}
