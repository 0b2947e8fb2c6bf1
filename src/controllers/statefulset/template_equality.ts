import type { MutableObject } from '../../api/kind_rules.ts'
import { rulesOf } from '../../api/kinds/registry.ts'
import { STATEFUL_SETS } from '../../api/resources.ts'
import type { PodTemplateSpec, StatefulSet } from '../../api/types.ts'
import { copyOf } from '../../base/copy.ts'
import { encodeGoJson } from './go_json.ts'

/**
 * Whether the set would have this very template if it had been created with the given one today: the
 * given one is defaulted again, so that a default which a newer version adds rolls no set.
 */
export function sameTemplate(template: PodTemplateSpec, set: StatefulSet): boolean {
  return meaningOf(template, set) === meaningOf(set.spec.template, set)
}

/** Templates are frozen, and the set's own is asked for with every decision. */
const meanings = new WeakMap<PodTemplateSpec, string>()

function meaningOf(template: PodTemplateSpec, set: StatefulSet): string {
  const meaning = meanings.get(template) ?? computeMeaning(template, set)
  meanings.set(template, meaning)
  return meaning
}

function computeMeaning(template: PodTemplateSpec, set: StatefulSet): string {
  const draft = copyOf({ ...set, spec: { ...set.spec, template } }) as unknown as MutableObject
  rulesOf(STATEFUL_SETS.group, STATEFUL_SETS.resource).defaults?.(draft)
  return encodeGoJson(withoutNothing(draft['spec'].template))
}

/** Fields that hold nothing mean the same as fields that are absent. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing)
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).map(([key, field]) => [key, withoutNothing(field)] as const)
  return Object.fromEntries(fields.filter(([, field]) => !isNothing(field)))
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return Array.isArray(value) && value.length === 0
}
