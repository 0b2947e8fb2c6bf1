import type { MutableObject } from '../api/kind_rules.ts'
import { autoscalerToNewVersion, autoscalerToOldVersion } from '../api/kinds/autoscaler_versions.ts'
import { apiVersionOf } from '../api/resource.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { KubeObject } from '../api/types.ts'
import type { ResourceName } from './api_errors.ts'
import { eventFromCore, eventToCore } from './version_events.ts'

/** How one API version of a kind is kept as another. */
interface Conversion {
  readonly storage: ResourceName & { readonly apiVersion: string }
  toStorage(object: MutableObject): MutableObject
  fromStorage(object: KubeObject): KubeObject
}

/** Kinds that two API versions show; all others are kept as they are served. */
const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map([
  [
    'events.k8s.io/v1/events',
    {
      storage: { group: '', resource: 'events', apiVersion: 'v1' },
      toStorage: eventToCore,
      fromStorage: eventFromCore,
    },
  ],
  [
    'autoscaling/v1/horizontalpodautoscalers',
    {
      storage: { group: 'autoscaling', resource: 'horizontalpodautoscalers', apiVersion: 'autoscaling/v2' },
      toStorage: autoscalerToNewVersion,
      fromStorage: autoscalerToOldVersion,
    },
  ],
])

const conversionOf = ({ ref }: ResourceFacts): Conversion | undefined =>
  CONVERSIONS.get(`${apiVersionOf(ref)}/${ref.resource}`)

/** The resource under whose name the objects are kept. */
export const storageOf = (facts: ResourceFacts): ResourceName =>
  conversionOf(facts)?.storage ?? { group: facts.ref.group, resource: facts.ref.resource }

export const toStorage = (facts: ResourceFacts, object: MutableObject): MutableObject =>
  conversionOf(facts)?.toStorage(object) ?? object

export const fromStorage = (facts: ResourceFacts, object: KubeObject): KubeObject =>
  conversionOf(facts)?.fromStorage(object) ?? object
