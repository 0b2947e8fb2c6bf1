import { ORDINAL_MAX } from './limits.ts'

/** The ordinal of a name that has none. */
export const NO_ORDINAL = -1

/** What a pod's name says: the set is everything before the last number. `web-1-0` is pod 0 of `web-1`. */
export function parsePodName(name: string): { readonly parent: string; readonly ordinal: number } {
  const match = /^(.*)-([0-9]+)$/s.exec(name)
  if (match === null) return { parent: '', ordinal: NO_ORDINAL }
  const ordinal = Number(match[2])
  return { parent: match[1] ?? '', ordinal: ordinal <= ORDINAL_MAX ? ordinal : NO_ORDINAL }
}
