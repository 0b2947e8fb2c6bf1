import { type FieldError, forbidden, invalid, required } from '../../field_error.ts'
import { addQuantities, compareQuantities, wholeUnits } from '../../quantity.ts'
import type { Loose } from '../draft.ts'
import { setErrors } from './resource_common.ts'

const OPTIONS_MAX = 10

/** How much of a shared capacity may be asked for: one of some values, or a value in a range; and what is got unasked. */
export function requestPolicyErrors(capacity: string, policy: Loose, field: string): FieldError[] {
  const { validValues, validRange, default: unasked } = policy
  const hasValues = (validValues ?? []).length > 0
  if (hasValues && validRange) {
    const detail = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
    return [forbidden(field, detail)]
  }
  if (!hasValues && !validRange) return []
  const name = hasValues ? 'validValues' : 'validRange'
  if (unasked === undefined || unasked === null)
    return [required(`${field}.default`, `required when ${name} is defined`)]
  const at = `${field}.${name}`
  return hasValues ? valuesErrors(validValues, unasked, capacity, at) : rangeErrors(validRange, unasked, capacity, at)
}

function valuesErrors(values: readonly string[], unasked: string, capacity: string, field: string): FieldError[] {
  const unordered = values.flatMap((value, index) =>
    index > 0 && compareQuantities(values[index - 1], value) > 0
      ? [invalid(`${field}[${index}]`, value, 'values must be sorted in ascending order')]
      : [],
  )
  const set = { most: OPTIONS_MAX, keyOf: (value: string) => String(wholeUnits(value)) }
  const large = setErrors(values, set, field, (value, at) =>
    compareQuantities(value, capacity) > 0
      ? [invalid(at, value, `option is larger than capacity value: ${capacity}`)]
      : [],
  )
  const isKnown = values.length <= OPTIONS_MAX && values.some((value) => compareQuantities(value, unasked) === 0)
  const fault = 'default value is not valid according to the requestPolicy'
  return [...unordered, ...large, ...(isKnown ? [] : [invalid(field, unasked, fault)])]
}

function rangeErrors({ min, max, step }: Loose, unasked: string, capacity: string, field: string): FieldError[] {
  if (min === undefined || min === null) return [required(`${field}.min`, 'required when validRange is defined')]
  const above = (one: string, other: string, name: string, fault: string): FieldError[] =>
    compareQuantities(one, other) > 0 ? [invalid(`${field}.${name}`, one, fault)] : []
  return [
    ...above(min, capacity, 'min', `min is larger than capacity value: ${capacity}`),
    ...(compareQuantities(unasked, min) < 0
      ? [invalid(`${field}.min`, unasked, `default is less than min: ${min}`)]
      : []),
    ...(max === undefined
      ? []
      : [
          ...above(min, max, 'max', `min is larger than max: ${max}`),
          ...above(max, capacity, 'max', `max is larger than capacity value: ${capacity}`),
          ...above(unasked, max, 'max', `default is more than max: ${max}`),
        ]),
    ...(step === undefined ? [] : stepErrors({ min, max, step }, unasked, capacity, `${field}.step`)),
  ]
}

function stepErrors({ min, max, step }: Loose, unasked: string, capacity: string, field: string): FieldError[] {
  const first = addQuantities(min, step)
  const isOff = (value: string): boolean => (wholeUnits(value) - wholeUnits(min)) % (wholeUnits(step) || 1n) !== 0n
  const off = [unasked, ...(max === undefined ? [] : [max])].filter(isOff)
  return [
    ...(compareQuantities(first, capacity) > 0
      ? [invalid(field, step, `one step ${first} is larger than capacity value: ${capacity}`)]
      : []),
    ...off.map((value) => invalid(field, value, `value is not a multiple of a given step (${step}) from (${min})`)),
  ]
}
