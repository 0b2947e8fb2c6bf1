import type { ResourceFacts } from '../api/schema/table.ts'
import type { KubeObject } from '../api/types.ts'
import type { Store, StoredObject, StoreKey, StoreRange } from '../store/store.ts'
import { qualifiedResource } from './api_errors.ts'
import type { View } from './call.ts'
import { fromStorage, storageOf } from './versions.ts'

/** Where the objects of a resource lie: several API versions of one kind share a place. */
export const storageResource = (facts: ResourceFacts): string => qualifiedResource(storageOf(facts))

export const storeKey = (facts: ResourceFacts, namespace: string | undefined, name: string): StoreKey => ({
  resource: storageResource(facts),
  namespace: facts.ref.namespaced ? (namespace ?? '') : '',
  name,
})

export function storeRange(facts: ResourceFacts, namespace: string | undefined): StoreRange {
  const resource = storageResource(facts)
  return namespace === undefined || !facts.ref.namespaced ? { resource } : { resource, namespace }
}

/** A stored object as the API version of `facts` shows it. */
export function viewOf(facts: ResourceFacts, stored: StoredObject): View {
  const object = stored.object as KubeObject
  const shown = fromStorage(facts, object)
  return { object: shown, bytes: shown === object ? stored : undefined }
}

/** An object of another kind, as it will be once all pending writes are durable. */
export function headObject<T extends KubeObject>(
  store: Store,
  resource: string,
  namespace: string,
  name: string,
): T | undefined {
  return store.head({ resource, namespace, name })?.object as T | undefined
}
