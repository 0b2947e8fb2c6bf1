import type { ResourceRef } from '../api/resource.ts'
import type { KubeObject } from '../api/types.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ReadClient } from './client.ts'
import type { Informer, Informers } from './informer.ts'
import { Reflector } from './reflector.ts'

/** Caches over one client: each resource is listed and watched once, however many parts ask for it. */
export function createInformers(deps: {
  readonly client: ReadClient
  readonly clock: Clock
  readonly log: Log
}): Informers {
  const reflectors = new Map<string, Reflector<KubeObject>>()
  return {
    of<T extends KubeObject>(resource: ResourceRef<T>): Informer<T> {
      const name = `${resource.group}/${resource.version}/${resource.resource}`
      const reflector = reflectors.get(name) ?? new Reflector<KubeObject>(resource, deps)
      reflectors.set(name, reflector)
      return reflector as unknown as Informer<T>
    },
    async start() {
      await Promise.all([...reflectors.values()].map((reflector) => reflector.start()))
    },
    stop() {
      for (const reflector of reflectors.values()) reflector.stop()
    },
  }
}
