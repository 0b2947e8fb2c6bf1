import type { Millis } from '../../base/clock.ts'
import { duplicate, type FieldError, invalid, required } from '../field_error.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { STORAGE_CLASSES } from '../resources.ts'
import type { StorageClass } from '../types.ts'
import { formed, oneOf, present } from '../validation/checks.ts'
import { labelKeyErrors } from '../validation/labels.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { qualifiedName } from '../validation/names.ts'
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
  draft['reclaimPolicy'] ??= 'Delete'
  draft['volumeBindingMode'] ??= 'Immediate'
}

function validate(one: StorageClass): FieldError[] {
  return [
    ...provisionerErrors(one.provisioner),
    ...parameterErrors(one.parameters),
    ...(one.reclaimPolicy ? oneOf(one.reclaimPolicy, RECLAIM_POLICIES, 'reclaimPolicy') : []),
    ...oneOf(one.volumeBindingMode, BINDING_MODES, 'volumeBindingMode'),
    ...topologyErrors(one.allowedTopologies ?? []),
  ]
}

const provisionerErrors = (provisioner: string): FieldError[] =>
  provisioner ? formed(provisioner.toLowerCase(), qualifiedName, 'provisioner') : [required('provisioner')]

const parameterErrors = (parameters: StorageClass['parameters']): FieldError[] =>
  Object.keys(parameters ?? {}).includes('') ? [invalid('parameters', '', 'field must not be empty.')] : []

type Topology = NonNullable<StorageClass['allowedTopologies']>[number]

/** Where volumes may lie. A term is told once for each that says the same; one that says nothing, for each term there is. */
function topologyErrors(terms: readonly Topology[]): FieldError[] {
  const said = terms.map(() => '')
  return terms.flatMap((term, index) => {
    const at = `allowedTopologies[${index}].matchLabelExpressions`
    const expressions = term.matchLabelExpressions ?? []
    const valuesOf = new Map(expressions.map(({ key, values }) => [key, [...new Set(values ?? [])].sort()]))
    const meaning = valuesOf.size === 0 ? '' : JSON.stringify([...valuesOf].sort())
    const repeated = said.filter((one) => one === meaning).length
    said.push(meaning)
    return [
      ...expressions.flatMap((one, place) => [
        ...expressionErrors(one, `${at}[${place}]`),
        ...(expressions.findIndex(({ key }) => key === one.key) < place
          ? [duplicate(`${at}[${place}].key`, one.key)]
          : []),
      ]),
      ...Array.from({ length: repeated }, () => duplicate(at, '')),
    ]
  })
}

function expressionErrors(one: NonNullable<Topology['matchLabelExpressions']>[number], at: string): FieldError[] {
  // An absent list is kept as `null`.
  const values = one.values ?? []
  return [
    ...present(values, `${at}.values`),
    ...values.flatMap((value, index) =>
      values.indexOf(value) < index ? [duplicate(`${at}.values[${index}]`, value)] : [],
    ),
    ...labelKeyErrors(one.key ?? '', `${at}.key`),
  ]
}

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
  deleteAnswersObject: true,
  generation: 'none',
  defaults,
  validateCreate: validate,
  validateUpdate,
  cells,
}
