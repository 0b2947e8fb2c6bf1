import { type FieldError, forbidden } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { PRIORITY_CLASSES } from '../resources.ts'
import type { PriorityClass } from '../types.ts'
import { requiredOneOf } from '../validation/checks.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { ageOf } from './durations.ts'

const SYSTEM_PREFIX = 'system-'
const USER_VALUE_MAX = 1_000_000_000
const SYSTEM_VALUES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}
/** Classes that every cluster has; nobody takes them away. */
export const isSystemPriorityClass = (name: string): boolean => Object.hasOwn(SYSTEM_VALUES, name)

const POLICIES = ['PreemptLowerPriority', 'Never']

function validate(one: PriorityClass): FieldError[] {
  return [...nameAndValueErrors(one), ...policyErrors(one.preemptionPolicy)]
}

/** Names with the prefix are the system's own, and so are high values. */
function nameAndValueErrors({ metadata, value = 0 }: PriorityClass): FieldError[] {
  const { name } = metadata
  if (!name.startsWith(SYSTEM_PREFIX)) {
    const detail = `maximum allowed value of a user defined priority is ${USER_VALUE_MAX}`
    return value > USER_VALUE_MAX ? [forbidden('value', detail)] : []
  }
  const known = SYSTEM_VALUES[name]
  const reserved = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error:`
  if (known === undefined) {
    return [forbidden('metadata.name', `${reserved} ${name} is not a known system priority class`)]
  }
  return known === value
    ? []
    : [forbidden('metadata.name', `${reserved} value of ${name} PriorityClass must be ${known}`)]
}

const policyErrors = (policy: string | undefined): FieldError[] =>
  policy === undefined ? [] : requiredOneOf(policy, POLICIES, 'preemptionPolicy')

function validateUpdate(one: PriorityClass, old: PriorityClass): FieldError[] {
  const fixed = 'may not be changed in an update.'
  return [
    ...(one.value === old.value ? [] : [forbidden('value', fixed)]),
    ...immutableErrors(one.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy'),
  ]
}

/** How important pods are. */
export const priorityClassRules: KindRules<PriorityClass> = {
  resource: PRIORITY_CLASSES,
  generation: 'spec',
  generationGrows: () => false,
  defaults: (draft) => {
    draft['preemptionPolicy'] ??= 'PreemptLowerPriority'
  },
  validateCreate: validate,
  validateUpdate,
  cells: ({ metadata, value, globalDefault, preemptionPolicy }, now) => [
    metadata.name,
    value ?? 0,
    globalDefault ?? false,
    ageOf(metadata.creationTimestamp, now),
    preemptionPolicy ?? '',
  ],
}
