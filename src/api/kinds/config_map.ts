import { type FieldError, forbidden, invalid, tooLong } from '../field_error.ts'
import type { Cell, KindRules } from '../kind_rules.ts'
import { CONFIG_MAPS } from '../resources.ts'
import type { ConfigMap } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { configKey } from '../validation/names.ts'
import { ageOf } from './durations.ts'

/** All values together. */
export const DATA_BYTES_MAX = 1024 * 1024
export const IMMUTABLE_SET = 'field is immutable when `immutable` is set'

/** The length of what base64 text stands for. */
export const base64Length = (text: string): number => Math.floor((text.replace(/=+$/, '').length * 3) / 4)

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const twice = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key))
  const encoder = new TextEncoder()
  const bytes =
    Object.values(data).reduce((sum, value) => sum + encoder.encode(value).length, 0) +
    Object.values(binaryData).reduce((sum, value) => sum + base64Length(value), 0)
  return [
    ...keyErrors(Object.keys(data), 'data'),
    ...twice.map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(Object.keys(binaryData), 'binaryData'),
    ...(bytes > DATA_BYTES_MAX ? [tooLong('', DATA_BYTES_MAX)] : []),
  ]
}

export const keyErrors = (keys: readonly string[], field: string): FieldError[] =>
  [...keys].sort().flatMap((key) => configKey(key).map((fault) => invalid(`${field}[${key}]`, key, fault)))

function validateUpdate(map: ConfigMap, old: ConfigMap): FieldError[] {
  const fixed = old.immutable === true
  return [
    ...(fixed && map.immutable !== true ? [forbidden('immutable', IMMUTABLE_SET)] : []),
    ...(['data', 'binaryData'] as const)
      .filter((field) => fixed && !equal(map[field], old[field]))
      .map((field) => forbidden(field, IMMUTABLE_SET)),
    ...validate(map),
  ]
}

/** Settings as text. */
export const configMapRules: KindRules<ConfigMap> = {
  resource: CONFIG_MAPS,
  generation: 'none',
  validateCreate: validate,
  validateUpdate,
  cells: ({ metadata, data = {}, binaryData = {} }, now): Cell[] => [
    metadata.name,
    Object.keys(data).length + Object.keys(binaryData).length,
    ageOf(metadata.creationTimestamp, now),
  ],
}
