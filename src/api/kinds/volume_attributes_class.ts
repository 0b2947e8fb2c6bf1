import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, required, tooLong } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { requiredFormed } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { qualifiedName } from '../validation/names.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type Stored } from './refs.ts'

type VolumeAttributesClass = Stored<k8s.V1VolumeAttributesClass>

const PARAMETERS_MAX = 512
const PARAMETERS_BYTES_MAX = 256 * 1024

function validate({ driverName, parameters = {} }: VolumeAttributesClass): FieldError[] {
  return [...requiredFormed(driverName?.toLowerCase(), qualifiedName, 'driverName'), ...parameterErrors(parameters)]
}

function parameterErrors(parameters: Readonly<Record<string, string>>): FieldError[] {
  const entries = Object.entries(parameters)
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  if (entries.length > PARAMETERS_MAX) return [tooLong('parameters', PARAMETERS_MAX)]
  return [
    ...(Object.hasOwn(parameters, '') ? [invalid('parameters', '', 'field can not be empty.')] : []),
    ...(bytes > PARAMETERS_BYTES_MAX ? [tooLong('parameters', PARAMETERS_BYTES_MAX)] : []),
    ...(entries.length === 0 ? [required('parameters', 'must contain at least one key/value pair')] : []),
  ]
}

const changeErrors = (one: VolumeAttributesClass, old: VolumeAttributesClass): FieldError[] => [
  ...(one.driverName === old.driverName ? [] : [forbidden('driverName', 'updates to driverName are forbidden.')]),
  ...(equal(one.parameters, old.parameters) ? [] : [forbidden('parameters', 'updates to parameters are forbidden.')]),
]

/** What may be changed of a volume while it is used. */
export const volumeAttributesClassRules: KindRules<VolumeAttributesClass> = {
  resource: clusterRef('storage.k8s.io/v1', 'volumeattributesclasses', 'VolumeAttributesClass'),
  deleteAnswersObject: true,
  generation: 'none',
  validateCreate: validate,
  validateUpdate: (one, old) => [...changeErrors(one, old), ...validate(one)],
  cells: ({ metadata, driverName }, now) => [metadata.name, driverName, ageOf(metadata.creationTimestamp, now)],
}
