import { ORDINAL_MAX } from './limits.ts'

/** The ordinal of a name that has none. */
const NO_ORDINAL = -1

/** What a pod's name says: the set is everything before the last number. `web-1-0` is pod 0 of `web-1`. */
export function parsePodName(name: string): { readonly parent: string; readonly ordinal: number } {
  const dash = name.lastIndexOf('-')
  if (dash < 0 || dash === name.length - 1) return NO_POD_NAME
  let ordinal = 0
  for (let at = dash + 1; at < name.length; at++) {
    const digit = name.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return NO_POD_NAME
    ordinal = ordinal * 10 + digit
  }
  return { parent: name.slice(0, dash), ordinal: ordinal <= ORDINAL_MAX ? ordinal : NO_ORDINAL }
}

const ZERO = '0'.charCodeAt(0)
const NO_POD_NAME = { parent: '', ordinal: NO_ORDINAL }
