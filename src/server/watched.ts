import type { KubeObject } from '../api/types.ts'
import type { Store, StoreEvent, StoreWatch } from '../store/store.ts'

/** All objects of one resource, kept at hand for rules that need them on every request. */
export interface Watched<T extends KubeObject> {
  values(namespace?: string): Iterable<T>
  get(namespace: string, name: string): T | undefined
  /** Grows with every change, so that what was computed from the objects can be kept until then. */
  readonly changes: number
  start(): Promise<void>
  stop(): void
}

export function watchResource<T extends KubeObject>(store: Store, resource: string): Watched<T> {
  const byNamespace = new Map<string, Map<string, T>>()
  let changes = 0
  let watch: StoreWatch | undefined
  const inNamespace = (namespace: string): Map<string, T> => {
    const known = byNamespace.get(namespace) ?? new Map<string, T>()
    byNamespace.set(namespace, known)
    return known
  }
  const learn = ({ type, current }: StoreEvent): void => {
    changes++
    const { namespace, name } = current.key
    if (type === 'deleted') byNamespace.get(namespace)?.delete(name)
    else inNamespace(namespace).set(name, current.object as T)
  }
  return {
    *values(namespace) {
      if (namespace !== undefined) return yield* byNamespace.get(namespace)?.values() ?? []
      for (const objects of byNamespace.values()) yield* objects.values()
    },
    get: (namespace, name) => byNamespace.get(namespace)?.get(name),
    get changes() {
      return changes
    },
    async start() {
      const { revision, items } = await store.list({ resource })
      for (const { key, object } of items) inNamespace(key.namespace).set(key.name, object as T)
      changes++
      watch = store.watch({ resource }, revision, {
        events: (events) => {
          for (const event of events) learn(event)
        },
        progress: () => {},
      })
    },
    stop: () => watch?.stop(),
  }
}
