import type { DecodeState } from './state.ts'

/**
 * Turns JSON of one Go type into the JSON that Go would write after reading it.
 */
export interface Codec {
  /** How Go names the type in messages: `int32`, `[]v1.Container`. */
  readonly goType: string
  /** A struct is written even under `omitempty`. */
  readonly struct: boolean
  /** The value as Go would write it; undefined when it is Go's zero value or faulty. Never sees null. */
  decode(value: unknown, state: DecodeState): unknown
  /** What Go writes for the zero value where it is always written. */
  zero(): unknown
  /** Whether `omitempty` drops a decoded value. */
  isEmpty(value: unknown): boolean
}

/** JSON's null and what is absent both leave Go's zero value. */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null

export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
