import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { setMember } from '../json.ts'

/**
 * Applies a merge patch (RFC 7386): null removes a key, objects merge, everything else replaces. Nothing is changed
 * in place. The objects and lists that are gone through are added to `opened`.
 */
export function mergePatch(target: unknown, patch: unknown, opened: Set<object>): unknown {
  if (!isPlainObject(target)) return withoutNulls(patch, opened)
  if (!isPlainObject(patch)) return patch
  const result = { ...target }
  opened.add(result)
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setMember(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value, opened))
  }
  return result
}

/** What is taken where there was nothing to merge with: no member of an object is null. */
function withoutNulls(value: unknown, opened: Set<object>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const plain = Array.isArray(value) ? value.map((item) => withoutNulls(item, opened)) : {}
  opened.add(plain)
  if (Array.isArray(value)) return plain
  for (const [key, member] of Object.entries(value)) {
    if (!isAbsent(member)) setMember(plain, key, withoutNulls(member, opened))
  }
  return plain
}
