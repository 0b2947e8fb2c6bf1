import type { ApiError } from '../../api/error.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import type { UserInfo } from '../../api/request.ts'
import type { ResourceFacts } from '../../api/schema/table.ts'
import type { KubeObject, Pod, PriorityClass, ResourceQuota, StorageClass } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import type { Store } from '../../store/store.ts'
import type { Authorizer } from '../access/authorization.ts'
import { forbidden } from '../api_errors.ts'
import type { LimitRange } from './limit_ranger.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** What a plugin may look at. `object` may be changed by `admit` only. */
export interface Attributes {
  readonly operation: Operation
  readonly facts: ResourceFacts
  readonly subresource: string | undefined
  readonly namespace: string
  /** '' while a generated name has not been drawn. */
  readonly name: string
  readonly object: MutableObject
  readonly old: KubeObject | undefined
  readonly user: UserInfo
  readonly warn: (text: string) => void
  /** What becomes of the dependents of what is deleted, if the client says. */
  readonly propagationPolicy?: string
}

/** What plugins may ask besides the object. */
export interface AdmissionContext {
  readonly store: Store
  readonly now: () => Millis
  readonly random: Random
  /** The class of pods that name none. */
  readonly defaultPriorityClass: () => PriorityClass | undefined
  /** The class of claims that name none. */
  readonly defaultStorageClass: () => StorageClass | undefined
  /** The class of ingresses that name none. */
  readonly defaultIngressClass: () => KubeObject | undefined
  /** The pods of a namespace. */
  readonly podsIn: (namespace: string) => Iterable<Pod>
  /** The bounds that a namespace sets. */
  readonly limitRanges: (namespace: string) => Iterable<LimitRange>
  /** What a namespace may use, at its newest state. */
  readonly quotas: (namespace: string) => Iterable<ResourceQuota>
  /** For rights that the request itself does not name. */
  readonly authorizer: Authorizer
}

/**
 * One rule at the door. `admit` may change the object, `validate` only refuses; both throw an
 * ApiError to refuse. Both are synchronous and read the newest state, so that what they saw cannot
 * change before the write. `account` comes last, in the step that writes the object, when nothing
 * can refuse it any more: it writes down what the object uses up, and resolves when that is durable.
 */
export interface AdmissionPlugin {
  readonly name: string
  admit?(attributes: Attributes, context: AdmissionContext): void
  validate?(attributes: Attributes, context: AdmissionContext): void
  account?(attributes: Attributes, context: AdmissionContext): Promise<unknown>[]
}

/** All plugins in their fixed order. */
export interface AdmissionChain {
  admit(attributes: Attributes): void
  validate(attributes: Attributes): void
  account(attributes: Attributes): Promise<unknown>
}

export function createAdmissionChain(plugins: readonly AdmissionPlugin[], context: AdmissionContext): AdmissionChain {
  return {
    admit: (attributes) => {
      for (const plugin of plugins) plugin.admit?.(attributes, context)
    },
    validate: (attributes) => {
      for (const plugin of plugins) plugin.validate?.(attributes, context)
    },
    account: (attributes) => Promise.all(plugins.flatMap((plugin) => plugin.account?.(attributes, context) ?? [])),
  }
}

/** The refusal of a request: 403. While a name has not been drawn, its beginning stands for it. */
export function refusal({ facts, name, object }: Attributes, why: string): ApiError {
  return forbidden(facts.ref, name || String(object.metadata['generateName'] ?? ''), why)
}

/** Whether the request is about the main resource with this name (`pods`, `persistentvolumeclaims`). */
export const isAbout = (attributes: Attributes, group: string, resource: string): boolean =>
  attributes.subresource === undefined &&
  attributes.facts.ref.group === group &&
  attributes.facts.ref.resource === resource
