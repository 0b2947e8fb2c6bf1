import { SpelledValue } from '../field_error.ts'
import { goDiff, goValue } from '../go_value.ts'

/** A value spelled with the names of upstream's internal Go type, as it stands in error messages. */
export const goNamed = (internalType: string, value: unknown): SpelledValue =>
  new SpelledValue(goValue(internalType, value))

/** The difference of two values of an internal Go type, as upstream's messages about immutability show it. */
export const goDifference = (internalType: string, old: unknown, value: unknown): string =>
  goDiff(internalType, old, value)
