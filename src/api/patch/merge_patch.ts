import { isPlainObject } from '../decode/codec.ts'
import { setMember } from '../json.ts'

/** Applies a merge patch (RFC 7386): null removes a key, objects merge, everything else replaces. Nothing is changed in place. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch
  const result = isPlainObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setMember(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value))
  }
  return result
}
