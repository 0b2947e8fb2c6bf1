import { type FieldError, invalid } from '../field_error.ts'
import { portName } from './names.ts'

export const INT32_MAX = 2_147_483_647
const PORT_MAX = 65_535

export const NOT_NEGATIVE = 'must be greater than or equal to 0'
export const PORT_RANGE = `must be between 1 and ${PORT_MAX}, inclusive`

/** A number that may not be negative; an absent one is fine. */
export const nonNegative = (value: number | undefined, field: string): FieldError[] =>
  value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : []

/** A number within bounds; an absent one is fine. */
export const inRange = (value: number | undefined, least: number, most: number, field: string): FieldError[] =>
  value !== undefined && (value < least || value > most)
    ? [invalid(field, value, `must be between ${least} and ${most}, inclusive`)]
    : []

export const isPort = (value: number): boolean => value >= 1 && value <= PORT_MAX

export const portErrors = (value: number, field: string): FieldError[] =>
  isPort(value) ? [] : [invalid(field, value, PORT_RANGE)]

/** A port by number or by name. */
export const portOrNameErrors = (value: number | string, field: string): FieldError[] =>
  typeof value === 'number' ? portErrors(value, field) : portName(value).map((fault) => invalid(field, value, fault))

/** Users and groups of Linux. */
export const userIdErrors = (value: number | undefined, field: string): FieldError[] =>
  inRange(value, 0, INT32_MAX, field)

export const isPercent = (value: string): boolean => /^[0-9]+%$/.test(value)

const PERCENT_FAULT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** A whole number that is not negative, or a percentage. */
export function amountOrPercentErrors(value: number | string | undefined, field: string): FieldError[] {
  if (typeof value === 'number') return nonNegative(value, field)
  if (value === undefined || isPercent(value)) return []
  return [invalid(field, value, PERCENT_FAULT)]
}

/** A percentage may not be over 100. */
export const percentAtMostHundred = (value: number | string | undefined, field: string): FieldError[] =>
  typeof value === 'string' && isPercent(value) && Number.parseInt(value, 10) > 100
    ? [invalid(field, value, 'must not be greater than 100%')]
    : []
