import type { ControllerRevision, Draft, PodTemplateSpec, StatefulSet } from '../../api/types.ts'
import { assert } from '../../base/assert.ts'
import { encodeGoJson } from './go_json.ts'
import { controllerReferenceOf } from './identity.ts'
import { HASH_LABEL } from './labels.ts'
import { HASH_COLLISIONS_MAX, REVISION_NAME_PREFIX_MAX } from './limits.ts'
import type { TemplateRevision } from './new_pod.ts'
import type { Action } from './plan.ts'
import { revisionHash } from './revision_hash.ts'
import { sameTemplate } from './template_equality.ts'
import type { View } from './view.ts'

/** The revisions that matter in one reconciliation, and what makes them so. */
export interface RevisionDecision {
  readonly current: TemplateRevision
  readonly update: TemplateRevision
  readonly collisionCount: number
  readonly actions: readonly Action[]
}

interface Numbered {
  readonly revision?: number
  readonly metadata: { readonly creationTimestamp?: string; readonly name?: string }
}

/** Oldest first: by number, then by age, then by name. */
export function inOrder<T extends Numbered>(revisions: readonly T[]): readonly T[] {
  return revisions.toSorted(
    (a, b) =>
      (a.revision ?? 0) - (b.revision ?? 0) ||
      compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
      compareText(a.metadata.name, b.metadata.name),
  )
}

const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)

/** What a revision stores of a set: its template, as a patch that replaces the template. */
export function revisionData(template: PodTemplateSpec): object {
  return { spec: { template: { ...template, $patch: 'replace' } } }
}

/**
 * What was computed from templates and from the data of revisions. Both are frozen, and the same ones are asked for with
 * every decision: writing them out anew was a twenty-fifth of what an ordered set costs.
 */
const texts = new WeakMap<object, string>()
const hashes = new WeakMap<PodTemplateSpec, Map<number, string>>()

function dataTextOf(template: PodTemplateSpec): string {
  const text = texts.get(template) ?? encodeGoJson(revisionData(template))
  texts.set(template, text)
  return text
}

function textOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return encodeGoJson(data)
  const text = texts.get(data) ?? encodeGoJson(data)
  texts.set(data, text)
  return text
}

function hashOf(template: PodTemplateSpec, collisionCount: number): string {
  const known = hashes.get(template) ?? new Map<number, string>()
  hashes.set(template, known)
  const hash = known.get(collisionCount) ?? revisionHash(dataTextOf(template), collisionCount)
  known.set(collisionCount, hash)
  return hash
}

/** Which revision the pods come from, and which they go to. `revisions` are in order. */
export function decideRevisions(view: View, revisions: readonly ControllerRevision[]): RevisionDecision {
  const { set } = view
  const collisionCount = set.status?.collisionCount ?? 0
  const chosen = chooseUpdate(view, revisions, collisionCount)
  const current = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision)
  return { ...chosen, current: current === undefined ? chosen.update : asTemplate(current, set) }
}

function chooseUpdate(
  view: View,
  revisions: readonly ControllerRevision[],
  collisionCount: number,
): Omit<RevisionDecision, 'current'> {
  const { set } = view
  const data = dataTextOf(set.spec.template)
  const hash = revisionHashLabel(view, data, collisionCount)
  const last = revisions.at(-1)
  const equal = revisions.findLast((revision) => isEqualRevision(revision, hash.first, data))
  const kept = (revision: ControllerRevision, actions: readonly Action[]) => ({
    update: asTemplate(revision, set),
    collisionCount,
    actions,
  })
  if (equal !== undefined && equal === last) return kept(equal, [])
  const number = (last?.revision ?? 0) + 1
  if (equal !== undefined) return kept(equal, [{ do: 'renumber-revision', revision: equal, number }])
  if (last !== undefined && isSameInMeaning(last, set)) return kept(last, [])
  return create(view, { hash, data, number })
}

interface FreeHash {
  /** The hash with the collisions known so far. */
  readonly first: string
  readonly text: string
  readonly collisionCount: number
}

/** The first hash whose name is free, or taken by the very same data. */
function revisionHashLabel(view: View, data: string, known: number): FreeHash {
  const { template } = view.set.spec
  const first = hashOf(template, known)
  for (let collisionCount = known; collisionCount < known + HASH_COLLISIONS_MAX; collisionCount++) {
    const text = hashOf(template, collisionCount)
    const taken = view.revisionNamed(revisionName(view.set, text))
    if (taken === undefined || textOf(taken.data) === data) return { first, text, collisionCount }
  }
  assert(false, `no free name for a revision of ${view.set.metadata.name}`)
}

function create(
  view: View,
  made: { readonly hash: FreeHash; readonly data: string; readonly number: number },
): Omit<RevisionDecision, 'current'> {
  const { set } = view
  const { text, collisionCount } = made.hash
  const name = revisionName(set, text)
  const update: TemplateRevision = { name, template: set.spec.template }
  if (view.revisionNamed(name) !== undefined) return { update, collisionCount, actions: [] }
  const revision: Draft<ControllerRevision> = {
    metadata: {
      name,
      namespace: set.metadata.namespace ?? '',
      labels: { ...set.spec.template.metadata?.labels, [HASH_LABEL]: text },
      ...(set.metadata.annotations === undefined ? {} : { annotations: set.metadata.annotations }),
      ownerReferences: [controllerReferenceOf(set)],
    },
    data: JSON.parse(made.data),
    revision: made.number,
  }
  return { update, collisionCount, actions: [{ do: 'create-revision', revision }] }
}

const revisionName = (set: StatefulSet, hash: string): string =>
  `${set.metadata.name.slice(0, REVISION_NAME_PREFIX_MAX)}-${hash}`

/** The hashes are compared only if both are numbers, which the letters of a hash seldom make. */
function isEqualRevision(revision: ControllerRevision, hash: string, data: string): boolean {
  const label = revision.metadata.labels?.[HASH_LABEL] ?? ''
  const bothNumbers = /^\d+$/.test(label) && /^\d+$/.test(hash)
  return (!bothNumbers || label === hash) && textOf(revision.data) === data
}

/** A template that differs only by defaults that this version adds is no new template. */
function isSameInMeaning(revision: ControllerRevision, set: StatefulSet): boolean {
  const template = templateOf(revision)
  return template !== undefined && sameTemplate(template, set)
}

/** Only the template is taken from a revision: nothing else of a set may change through one. */
function templateOf(revision: ControllerRevision): PodTemplateSpec | undefined {
  const data = revision.data as { readonly spec?: { readonly template?: object } } | undefined
  const template = data?.spec?.template as (PodTemplateSpec & { readonly $patch?: string }) | undefined
  if (template === undefined) return undefined
  const { $patch: _, ...rest } = template
  return rest
}

const asTemplate = (revision: ControllerRevision, set: StatefulSet): TemplateRevision => ({
  name: revision.metadata.name,
  template: templateOf(revision) ?? set.spec.template,
})
