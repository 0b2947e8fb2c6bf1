import type { MutableObject, RuleContext } from '../api/kind_rules.ts'
import type { KubeObject, ObjectMeta } from '../api/types.ts'
import { toRfc3339 } from '../base/time.ts'

/** Metadata in the order in which upstream writes it. */
const META_ORDER = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const

/** What a client cannot say about a new object. */
export function wipeSystemFields({ metadata }: MutableObject): void {
  for (const field of SET_BY_THE_SERVER) delete metadata[field]
}

const SET_BY_THE_SERVER = [
  'uid',
  'creationTimestamp',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
]

/** What the server alone decides about a new object. */
export function setSystemFields(draft: MutableObject, context: RuleContext): void {
  wipeSystemFields(draft)
  draft.metadata['uid'] = context.random.uuid()
  draft.metadata['creationTimestamp'] = toRfc3339(context.now)
}

/** What a change may not touch comes from the old object; a wrong uid, deletion time or grace period is left for validation. */
export function keepSystemFields(draft: MutableObject, old: KubeObject): void {
  const { metadata } = draft
  metadata['creationTimestamp'] = old.metadata.creationTimestamp
  metadata['uid'] ??= old.metadata.uid
  delete metadata['selfLink']
  keepOrDrop(metadata, 'generation', old.metadata.generation)
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    metadata[field] ??= old.metadata[field]
    if (metadata[field] === undefined) delete metadata[field]
  }
}

function keepOrDrop(metadata: MutableObject['metadata'], field: string, value: unknown): void {
  if (value === undefined) delete metadata[field]
  else metadata[field] = value
}

/** The object as it is stored: with its resource version, and its metadata in upstream's order. */
export function withVersion(object: MutableObject | KubeObject, revision: number): KubeObject {
  const { kind, apiVersion, metadata, ...rest } = object as KubeObject
  return { kind, apiVersion, metadata: orderedMeta({ ...metadata, resourceVersion: String(revision) }), ...rest }
}

/** The answer of a dry run that would have created an object: no version but the one that was sent. */
export function inOrder(object: MutableObject): KubeObject {
  const { kind, apiVersion, metadata, ...rest } = object as unknown as KubeObject
  return { kind, apiVersion, metadata: orderedMeta(metadata), ...rest }
}

/** Metadata with its fields in the order in which upstream writes them. */
export function orderedMeta(metadata: object): ObjectMeta {
  const source = metadata as Readonly<Record<string, unknown>>
  const ordered: Record<string, unknown> = {}
  for (const field of META_ORDER) if (source[field] !== undefined) ordered[field] = source[field]
  return ordered as unknown as ObjectMeta
}

/** Everything but metadata, status and the type: what a generation counts. */
function specParts(object: object): Record<string, unknown> {
  const { metadata: _m, status: _s, kind: _k, apiVersion: _a, ...rest } = object as Record<string, unknown>
  return rest
}

/** Whether a change counts for the generation. */
export const specChanged = (object: object, old: object): boolean => !sameContent(specParts(object), specParts(old))

/** Whether two values would be the same as JSON, whatever the order of their keys: undefined is as good as absent, null is not. */
export function sameContent(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) return sameArrays(one, other)
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>]
  for (const key of Object.keys(left)) if (!sameContent(left[key], right[key])) return false
  for (const key of Object.keys(right)) if (right[key] !== undefined && !(key in left)) return false
  return true
}

function sameArrays(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  return one.every((item, at) => sameContent(item, other[at]))
}
