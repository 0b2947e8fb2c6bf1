import type { Millis } from '../../base/clock.ts'
import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { STORAGE_CLASSES } from '../resources.ts'
import type { StorageClass } from '../types.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { qualifiedName } from '../validation/names.ts'
import { fill } from './draft.ts'
import { ageOf } from './durations.ts'

const DEFAULT_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]
const RECLAIM_POLICIES = ['Delete', 'Retain']
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer']
const IMMUTABLE = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const

/** Whether claims that name no class get this one. */
export const isDefaultClass = (storageClass: StorageClass): boolean =>
  DEFAULT_ANNOTATIONS.some((name) => storageClass.metadata.annotations?.[name] === 'true')

function defaults(draft: MutableObject): void {
  fill(draft, 'reclaimPolicy', 'Delete')
  fill(draft, 'volumeBindingMode', 'Immediate')
}

function validate(one: StorageClass): FieldError[] {
  return [
    ...provisionerErrors(one.provisioner),
    ...parameterErrors(one.parameters),
    ...choice(one.reclaimPolicy, RECLAIM_POLICIES, 'reclaimPolicy'),
    ...choice(one.volumeBindingMode, BINDING_MODES, 'volumeBindingMode'),
  ]
}

const provisionerErrors = (provisioner: string): FieldError[] =>
  provisioner
    ? qualifiedName(provisioner.toLowerCase()).map((fault) => invalid('provisioner', provisioner, fault))
    : [required('provisioner')]

const parameterErrors = (parameters: StorageClass['parameters']): FieldError[] =>
  Object.keys(parameters ?? {}).includes('') ? [invalid('parameters', '', 'field must not be empty.')] : []

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value && !known.includes(value) ? [notSupported(field, value, known)] : []

function validateUpdate(one: StorageClass, old: StorageClass): FieldError[] {
  return [...validate(one), ...IMMUTABLE.flatMap((field) => immutableErrors(one[field], old[field], field))]
}

function cells(one: StorageClass, now: Millis): Cell[] {
  return [
    isDefaultClass(one) ? `${one.metadata.name} (default)` : one.metadata.name,
    one.provisioner,
    one.reclaimPolicy ?? 'Delete',
    one.volumeBindingMode ?? 'Immediate',
    one.allowVolumeExpansion ?? false,
    ageOf(one.metadata.creationTimestamp, now),
  ]
}

/** Ways to make storage. */
export const storageClassRules: KindRules<StorageClass> = {
  resource: STORAGE_CLASSES,
  generation: 'none',
  defaults,
  validateCreate: validate,
  validateUpdate,
  cells,
}
