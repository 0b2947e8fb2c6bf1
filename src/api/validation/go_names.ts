import { SpelledValue } from '../field_error.ts'
import { goDiff, goEqual, goValue } from '../go_value.ts'

/** A value spelled with the names of upstream's internal Go type, as it stands in error messages. */
export const goNamed = (internalType: string, value: unknown): SpelledValue =>
  new SpelledValue(goValue(internalType, value))

/** The difference of two values of an internal Go type, as upstream's messages about immutability show it. */
export const goDifference = (internalType: string, old: unknown, value: unknown): string =>
  goDiff(internalType, old, value)

/** Are two values the same to upstream's comparison, which tells an empty struct from none, but not an empty list? */
export const goSame = (internalType: string, a: unknown, b: unknown): boolean => goEqual(internalType, a, b)
