import type { ObjectKey, ObjectRef, ResourceRef } from '../../api/resource.ts'
import { keyOf } from '../../api/resource.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import type { Informer, Informers } from '../../client/informer.ts'

/** One write that a cache may not show yet. */
interface OwnWrite {
  readonly resource: ResourceRef
  readonly key: ObjectKey
  seen(): boolean
}

/** A client for one reconciliation, and what it wrote. */
export interface TrackedClient {
  readonly client: Client
  /** The writes that the caches do not show yet. */
  unseen(): readonly OwnWrite[]
}

/**
 * Wraps a client so that its writes are remembered until the caches show them. Only resources for
 * which `isWatched` holds are remembered: nobody else's cache would ever show them.
 */
export function trackWrites(
  client: Client,
  informers: Informers,
  isWatched: (resource: ResourceRef) => boolean,
): TrackedClient {
  let writes: OwnWrite[] = []

  async function written<T extends KubeObject>(resource: ResourceRef<T>, writing: Promise<T>): Promise<T> {
    const object = await writing
    const version = object.metadata.resourceVersion
    const cache = isWatched(resource) ? informers.of(resource) : undefined
    if (cache) writes.push({ resource, key: keyOf(object), seen: () => cache.hasSeen(version) })
    return object
  }

  async function deleted(resource: ResourceRef, ref: ObjectRef, uid: string | undefined, deleting: Promise<object>) {
    const answer = await deleting
    const cache = isWatched(resource) ? informers.of(resource) : undefined
    const key = keyOf({ metadata: ref })
    if (cache) writes.push({ resource, key, seen: () => isEnding(cache, key, uid) })
    return answer
  }

  return {
    client: {
      get: (resource, ref) => client.get(resource, ref),
      list: (resource, options) => client.list(resource, options),
      watch: (resource, options, sink) => client.watch(resource, options, sink),
      create: (resource, draft) => written(resource, client.create(resource, draft)),
      update: (resource, object) => written(resource, client.update(resource, object)),
      updateStatus: (resource, object) => written(resource, client.updateStatus(resource, object)),
      patch: (resource, ref, patch) => written(resource, client.patch(resource, ref, patch)),
      delete: (resource, ref, options) => deleted(resource, ref, options?.uid, client.delete(resource, ref, options)),
      createSubresource: (resource, ref, subresource, body) =>
        client.createSubresource(resource, ref, subresource, body),
    },
    unseen() {
      writes = writes.filter((write) => !write.seen())
      return writes
    },
  }
}

function isEnding(cache: Informer<KubeObject>, key: ObjectKey, uid: string | undefined): boolean {
  const held = cache.get(key)
  if (held === undefined || held.metadata.deletionTimestamp !== undefined) return true
  return uid !== undefined && held.metadata.uid !== uid
}
