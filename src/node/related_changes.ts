import { parseKey } from '../api/resource.ts'
import { CLAIMS, CONFIG_MAPS, SECRETS } from '../api/resources.ts'
import type { Informers } from '../client/informer.ts'

/** Tells the namespace in which something changed that pods wait for: configuration, secrets, claims. */
export function followRelated(informers: Informers, changed: (namespace: string) => void): void {
  for (const resource of [CONFIG_MAPS, SECRETS, CLAIMS]) {
    informers.of(resource).onChange(({ key }) => changed(parseKey(key).namespace))
  }
}
