import { isPlainObject } from '../decode/codec.ts'

/**
 * The text of a patched object as upstream shows it: an object that was opened has its keys in order, any other is
 * as it was.
 */
export const shownText = (value: unknown, opened: ReadonlySet<object>): string =>
  JSON.stringify(ordered(value, opened)).replace(/[<>&\u2028\u2029]/g, goEscape)

const goEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

function ordered(value: unknown, opened: ReadonlySet<object>): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, opened))
  if (!isPlainObject(value)) return value
  const keys = Object.keys(value)
  return Object.fromEntries((opened.has(value) ? keys.sort() : keys).map((key) => [key, ordered(value[key], opened)]))
}
