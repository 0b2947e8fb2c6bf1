import type { StoreKey } from './store.ts'

/** A map by key; the parts are never joined, so no name can reach into another key. */
export class KeyMap<V> {
  readonly #resources = new Map<string, Map<string, Map<string, V>>>()

  get(key: StoreKey): V | undefined {
    return this.#resources.get(key.resource)?.get(key.namespace)?.get(key.name)
  }

  set(key: StoreKey, value: V): void {
    const namespaces = entryOf(this.#resources, key.resource, () => new Map<string, Map<string, V>>())
    entryOf(namespaces, key.namespace, () => new Map<string, V>()).set(key.name, value)
  }

  delete(key: StoreKey): void {
    const namespaces = this.#resources.get(key.resource)
    const names = namespaces?.get(key.namespace)
    names?.delete(key.name)
    if (names?.size === 0) namespaces?.delete(key.namespace)
  }

  clear(): void {
    this.#resources.clear()
  }

  *values(): Generator<V> {
    for (const namespaces of this.#resources.values()) {
      for (const names of namespaces.values()) yield* names.values()
    }
  }
}

/** The value under a name, made first if there is none. */
function entryOf<V>(map: Map<string, V>, name: string, make: () => V): V {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  map.set(name, made)
  return made
}
