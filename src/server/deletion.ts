import type { KindRules, MutableObject } from '../api/kind_rules.ts'
import type { KubeObject } from '../api/types.ts'
import type { Millis } from '../base/clock.ts'
import { fromRfc3339, toRfc3339 } from '../base/time.ts'

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan'

/** The options of a deletion, from the query and the body together. */
export interface DeletionOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: PropagationPolicy
  /** The older word for the policy, as it was sent. */
  readonly orphanDependents?: boolean
  readonly uid?: string
  readonly resourceVersion?: string
  readonly dryRun?: readonly string[]
}

/** What a deletion means for one object as it is now. */
export type DeletionPlan =
  /** It goes at once. */
  | { readonly step: 'remove' }
  /** It is marked and stays: for its finalizers, or until whoever runs it has ended it. */
  | { readonly step: 'mark'; readonly marked: MutableObject }
  /** It is marked, so that watchers see the times, and goes in the next step. */
  | { readonly step: 'mark-and-remove'; readonly marked: MutableObject }
  /** It is ending already, and nothing is to be changed. */
  | { readonly step: 'wait' }

const GARBAGE_FINALIZERS = ['orphan', 'foregroundDeletion']

/** Kinds whose dependents stay behind unless the client says otherwise. */
const ORPHANING = new Set(['batch/jobs', '/replicationcontrollers'])

function defaultPolicy(rules: KindRules, object: KubeObject): PropagationPolicy {
  const present = object.metadata.finalizers ?? []
  if (present.includes('orphan')) return 'Orphan'
  if (present.includes('foregroundDeletion')) return 'Foreground'
  const { group, resource } = rules.resource
  return ORPHANING.has(`${group}/${resource}`) ? 'Orphan' : 'Background'
}

/** The finalizers that an object gets by a deletion with this policy. */
function finalizersFor(policy: PropagationPolicy, finalizers: readonly string[]): readonly string[] {
  const wanted = policy === 'Orphan' ? 'orphan' : policy === 'Foreground' ? 'foregroundDeletion' : undefined
  const others = finalizers.filter((name) => !GARBAGE_FINALIZERS.includes(name) || name === wanted)
  return wanted === undefined || others.includes(wanted) ? others : [...others, wanted]
}

/** Decides what a deletion does with an object. Pure: the object is not changed. */
export function planDeletion(
  rules: KindRules,
  object: KubeObject,
  options: DeletionOptions,
  now: Millis,
): DeletionPlan {
  const { metadata } = object
  const finalizers = finalizersFor(options.propagationPolicy ?? defaultPolicy(rules, object), metadata.finalizers ?? [])
  const grace = rules.graceSeconds?.(object, options.gracePeriodSeconds)
  if (metadata.deletionTimestamp !== undefined) return planAgain(object, options, grace, finalizers)
  const held = finalizers.length > 0 || holdsItself(object)
  if (grace === undefined && !held) return { step: 'remove' }
  const marked = markDeleted(object, { finalizers, graceSeconds: grace ?? 0, now })
  return held || (grace ?? 0) > 0 ? { step: 'mark', marked } : { step: 'mark-and-remove', marked }
}

/** A namespace has finalizers of its own besides those of its metadata. */
function holdsItself(object: KubeObject): boolean {
  const { spec } = object as { spec?: { finalizers?: readonly string[] } }
  return object.kind === 'Namespace' && (spec?.finalizers?.length ?? 0) > 0
}

/** A deletion of what is ending already may only shorten the time or change who waits for it. */
function planAgain(
  object: KubeObject,
  options: DeletionOptions,
  grace: number | undefined,
  finalizers: readonly string[],
): DeletionPlan {
  const held = finalizers.length > 0 || holdsItself(object)
  const graceBefore = object.metadata.deletionGracePeriodSeconds
  const shorter = grace !== undefined && options.gracePeriodSeconds !== undefined && grace < (graceBefore ?? 0)
  if (shorter) {
    const marked = shorten(object, grace, finalizers)
    return held || grace > 0 ? { step: 'mark', marked } : { step: 'mark-and-remove', marked }
  }
  if (grace !== undefined && (graceBefore ?? 0) > 0) return { step: 'wait' }
  if (!held) return { step: 'remove' }
  return finalizers.length === (object.metadata.finalizers ?? []).length &&
    finalizers.every((name) => object.metadata.finalizers?.includes(name))
    ? { step: 'wait' }
    : { step: 'mark', marked: withFinalizers(copyOf(object), finalizers) }
}

const copyOf = (object: KubeObject): MutableObject => ({ ...object, metadata: { ...object.metadata } })

function withFinalizers(copy: MutableObject, finalizers: readonly string[]): MutableObject {
  if (finalizers.length === 0) delete copy.metadata['finalizers']
  else copy.metadata['finalizers'] = finalizers
  return copy
}

function markDeleted(
  object: KubeObject,
  mark: { finalizers: readonly string[]; graceSeconds: number; now: Millis },
): MutableObject {
  const copy = withFinalizers(copyOf(object), mark.finalizers)
  copy.metadata['deletionTimestamp'] = toRfc3339(mark.now + mark.graceSeconds * 1000)
  if (object.kind === 'Namespace') copy['status'] = { ...copy['status'], phase: 'Terminating' }
  else copy.metadata['deletionGracePeriodSeconds'] = mark.graceSeconds
  if (object.metadata.generation) copy.metadata['generation'] = object.metadata.generation + 1
  return copy
}

function shorten(object: KubeObject, graceSeconds: number, finalizers: readonly string[]): MutableObject {
  const copy = withFinalizers(copyOf(object), finalizers)
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata
  const requestedAt = (fromRfc3339(deletionTimestamp) ?? 0) - deletionGracePeriodSeconds * 1000
  copy.metadata['deletionTimestamp'] = toRfc3339(requestedAt + graceSeconds * 1000)
  copy.metadata['deletionGracePeriodSeconds'] = graceSeconds
  return copy
}

/** Whether a change takes away the last thing that an ending object waited for, so that it goes now. */
export function isEnding(changed: MutableObject, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) > 0) return false
  const finalizers: unknown = changed.metadata['finalizers']
  const held = Array.isArray(finalizers) && finalizers.length > 0
  return !held && !holdsItself(changed as unknown as KubeObject)
}
