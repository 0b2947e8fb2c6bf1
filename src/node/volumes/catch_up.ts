import { isNotFound } from '../../api/error.ts'
import { keyOf, type ResourceRef } from '../../api/resource.ts'
import { CLAIMS, CONFIG_MAPS, SECRETS, VOLUMES } from '../../api/resources.ts'
import type { KubeObject, Pod, Volume } from '../../api/types.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import type { Client } from '../../client/client.ts'
import type { Informers } from '../../client/informer.ts'
import { isOlderVersion } from '../../client/object_cache.ts'
import { CACHE_LAG_MOST_MS, CACHE_LAG_POLL_MS } from '../limits.ts'

export interface CatchUpDeps {
  readonly client: Client
  readonly informers: Informers
  readonly clock: Clock
}

/**
 * Waits until the caches show what the API shows now of everything that a pod's volumes name. Whoever
 * bound the pod may have seen more than this node's caches have: a claim that was bound a moment ago is no failure.
 */
export async function catchUp(deps: CatchUpDeps, pod: Pod): Promise<void> {
  const { namespace = '' } = pod.metadata
  const until = deps.clock.now() + CACHE_LAG_MOST_MS
  const look = <T extends KubeObject>(resource: ResourceRef<T>, name: string | undefined) =>
    name ? lookUncached(deps, resource, { namespace, name }, until) : undefined
  for (const volume of pod.spec.volumes ?? []) {
    const claim = await look(CLAIMS, volume.persistentVolumeClaim?.claimName)
    await look(VOLUMES, claim?.spec.volumeName)
    for (const name of configMapsOf(volume)) await look(CONFIG_MAPS, name)
    for (const name of secretsOf(volume)) await look(SECRETS, name)
  }
}

async function lookUncached<T extends KubeObject>(
  { client, clock, informers }: CatchUpDeps,
  resource: ResourceRef<T>,
  ref: { readonly namespace: string; readonly name: string },
  until: number,
): Promise<T | undefined> {
  const found = await client.get(resource, resource.namespaced ? ref : { ...ref, namespace: '' }).catch((error) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  if (found === undefined) return undefined
  const cache = informers.of(resource)
  const isSeen = () => {
    const held = cache.get(keyOf(found))
    return held !== undefined && !isOlderVersion(held.metadata.resourceVersion, found.metadata.resourceVersion)
  }
  while (!isSeen() && clock.now() < until) await sleep(clock, CACHE_LAG_POLL_MS)
  return found
}

const configMapsOf = (volume: Volume): readonly (string | undefined)[] => [
  volume.configMap?.name,
  ...(volume.projected?.sources ?? []).map((one) => one.configMap?.name),
]

const secretsOf = (volume: Volume): readonly (string | undefined)[] => [
  volume.secret?.secretName,
  ...(volume.projected?.sources ?? []).map((one) => one.secret?.name),
]
