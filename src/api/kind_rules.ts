import type { Millis } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { FeatureGates } from './feature_gates.ts'
import type { FieldError } from './field_error.ts'
import type { UserInfo } from './request.ts'
import type { ResourceRef } from './resource.ts'
import type { KubeObject } from './types.ts'

/** An object while the server still works on it: the only form that may be changed in place. */
export type MutableObject = {
  apiVersion: string
  kind: string
  // biome-ignore lint/suspicious/noExplicitAny: a draft has any shape until it is validated
  metadata: Record<string, any>
  // biome-ignore lint/suspicious/noExplicitAny: a draft has any shape until it is validated
  [field: string]: any
}

/** What rules may know besides the object. */
export interface RuleContext {
  readonly now: Millis
  readonly random: Random
  readonly user: UserInfo
  readonly featureGates: FeatureGates
  /** Tells the client something about what is being prepared. */
  readonly warn?: (text: string) => void
}

/** A cell of a Table row. */
export type Cell = string | number | boolean | null

/** A subresource that takes the whole object and changes one part of it: `pods/resize`. */
export interface SubresourceRules<T extends KubeObject = KubeObject> {
  /** Leaves in the draft only what this subresource may change; everything else comes from `old`. */
  prepareUpdate(draft: MutableObject, old: T, context: RuleContext): void
  validateUpdate(object: T, old: T): FieldError[]
}

/**
 * What is peculiar to one kind, beyond the table of facts (schema, verbs, names, columns): named
 * functions that the write path calls in its fixed order. Whatever is absent has the usual meaning.
 */
export interface KindRules<T extends KubeObject = KubeObject> {
  readonly resource: ResourceRef<T>
  /** Fills in what upstream's defaulting does. Runs on every decoded object, also on what is stored. */
  defaults?(draft: MutableObject): void
  /**
   * What of `defaults` concerns the status. A kind that says it lets a write to `/status` share the stored spec:
   * it is neither decoded nor defaulted nor compared again, and nothing may change it.
   */
  statusDefaults?(draft: MutableObject): void
  /** Drops what a creator may not set (status) and sets what the server decides. After defaulting. */
  prepareCreate?(draft: MutableObject, context: RuleContext): void
  /** Carries over what an update may not touch (status on the main resource). `old` is frozen. */
  prepareUpdate?(draft: MutableObject, old: T, context: RuleContext): void
  /** The same for `/status`: by default everything but status and managedFields comes from `old`. */
  prepareStatusUpdate?(draft: MutableObject, old: T, context: RuleContext): void
  /** What keeps the server from going on at all: as long as there is any of it, nothing else is told, not even metadata. */
  validateFirst?(object: T, old: T | undefined): FieldError[]
  /** Without metadata: `validateNew`, `validateChange` and `validateStatusChange` of kinds/validate.ts add what all kinds share. */
  validateCreate?(object: T, context: RuleContext): FieldError[]
  /** Absent: a change is validated as a new object is. */
  validateUpdate?(object: T, old: T, context: RuleContext): FieldError[]
  validateStatusUpdate?(object: T, old: T, context: RuleContext): FieldError[]
  /** Texts for `Warning` headers. */
  warnings?(object: T, old: T | undefined): string[]
  /** The same for a change through `/status`. */
  statusWarnings?(object: T, old: T | undefined): string[]
  /** Fields besides metadata.name and metadata.namespace that a field selector may name. */
  selectableFields?(object: T): Readonly<Record<string, string>>
  /** The refusal of a field that none may select by, where it has a text of its own. */
  unselectable?(field: string): string
  /** The cells of a Table row, in the order of the columns of the table of facts. */
  cells?(object: T, now: Millis): Cell[]
  /** What a Table says of a row as a whole: that the object has finished. */
  rowConditions?(object: T): readonly object[] | undefined
  /** `spec`: generation starts at 1 and grows when the spec changes; `none`: the kind has none. */
  readonly generation?: 'spec' | 'none'
  /** Whether a change makes the generation grow; by default when anything but metadata and status differs. */
  generationGrows?(draft: MutableObject, old: T): boolean
  /** How a name is checked; `dns-subdomain` unless said. */
  readonly nameForm?: 'dns-subdomain' | 'dns-label' | 'path-segment' | 'ip-address'
  /** PUT of a missing object creates it (Lease, Role). */
  readonly createOnUpdate?: boolean
  /** By name; neither `status` nor `scale`. Called instead of prepareUpdate and validateUpdate. */
  readonly subresources?: Readonly<Record<string, SubresourceRules<T>>>
  /** DELETE answers the object instead of a Status (Pod, ServiceAccount). */
  readonly deleteAnswersObject?: boolean
  /** The grace period of a DELETE in seconds when the kind ends gracefully (Pod); undefined: at once. */
  graceSeconds?(object: T, asked: number | undefined): number | undefined
}
