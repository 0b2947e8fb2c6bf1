import { goFormat, goTextFormat, goTypeOf } from './go_format.ts'
import { badPatch, failedMerge, rejectedPatch } from './patch_error.ts'
import { DIRECTIVE, isSameEntry, type JsonMap, mergeValue, ordered } from './strategic_order.ts'
import type { FieldStrategy } from './strategic_schema.ts'

/** Merges the map of one list entry; given by the merge of maps, which lists need in turn. */
export type MergeEntry = (original: JsonMap, patch: JsonMap) => JsonMap

export interface ListMerge {
  readonly strategy: FieldStrategy
  /** The patch lists what is to be removed (`$deleteFromPrimitiveList`). */
  readonly deletes: boolean
  readonly mergeEntry: MergeEntry
}

/** Merges a list of the patch into the original, new entries first. @throws ApiError 422 or 500 */
export function mergeList(original: readonly unknown[], patch: readonly unknown[], merge: ListMerge): unknown[] {
  const { strategy, deletes } = merge
  if (!strategy.merges && !deletes) return [...patch]
  if (original.length === 0 && patch.length === 0) return []
  if (elementType(original, patch) !== 'map[string]interface {}') return mergeScalars(original, patch, deletes)
  const { mergeKey } = strategy
  if (mergeKey === '') throw failedMerge(`cannot merge lists without merge key for ${strategy.inner.name}`)
  const { kept, rest } = obeyDirectives(original as JsonMap[], patch as JsonMap[], mergeKey)
  const merged = mergeEntries(kept, rest, { mergeKey, mergeEntry: merge.mergeEntry })
  return ordered(merged, { patch: rest, server: kept, mergeKey })
}

/** The one type of all entries. @throws ApiError when there are several, or lists among them */
export function elementType(original: readonly unknown[], patch: readonly unknown[]): string {
  const types = new Set([...original, ...patch].map(goTypeOf))
  const [only] = types
  if (only === '[]interface {}') throw rejectedPatch('lists of lists are not supported')
  if (only === undefined) throw failedMerge('no elements in any of the given slices')
  if (types.size > 1) throw failedMerge(`list element types are not identical: ${goFormat([original, patch])}`)
  return only
}

function mergeScalars(original: readonly unknown[], patch: readonly unknown[], deletes: boolean): unknown[] {
  if (deletes) return original.filter((entry) => !patch.includes(entry))
  return ordered([...new Set([...original, ...patch])], { patch, server: original, mergeKey: '' })
}

interface Obeyed {
  readonly kept: JsonMap[]
  readonly rest: JsonMap[]
}

/** Carries out the `$patch` of entries; answers what is left of the original and of the patch. */
function obeyDirectives(original: readonly JsonMap[], patch: readonly JsonMap[], mergeKey: string): Obeyed {
  let kept = [...original]
  const rest: JsonMap[] = []
  let replace = false
  for (const entry of patch) {
    const directive = entry[DIRECTIVE]
    if (!Object.hasOwn(entry, DIRECTIVE)) rest.push(entry)
    else if (directive === 'delete') {
      const gone = { [mergeKey]: mergeValue(entry, mergeKey) }
      kept = kept.filter((each) => !isSameEntry(each, gone, mergeKey))
    } else if (directive === 'replace') replace = true
    else if (directive === 'merge') throw failedMerge('merging lists cannot yet be specified in the patch')
    else throw unknownDirective(directive, entry)
  }
  return replace ? { kept: rest, rest: [] } : { kept, rest }
}

export const unknownDirective = (directive: unknown, map: JsonMap): Error =>
  failedMerge(`unknown patch type: ${goTextFormat(directive)} in map: ${goFormat(map)}`)

interface EntryMerge {
  readonly mergeKey: string
  readonly mergeEntry: MergeEntry
}

function mergeEntries(kept: readonly JsonMap[], patch: readonly JsonMap[], merge: EntryMerge): JsonMap[] {
  const merged = [...kept]
  for (const entry of patch) {
    mergeValue(entry, merge.mergeKey)
    const at = merged.findIndex((each) => isSameEntry(each, entry, merge.mergeKey))
    const known = merged[at]
    if (known === undefined) merged.push(entry)
    else merged[at] = merge.mergeEntry(known, entry)
  }
  return merged
}

/** A value that must be a list. @throws ApiError */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  const type = value === null ? goTextFormat(null) : goTypeOf(value)
  throw failedMerge(`expected a []interface {}, but received a ${type}`)
}

/** `$retainKeys` must be a list that names every key of the patch. @throws ApiError 400 */
export function retainedKeys(value: unknown, patch: JsonMap): ReadonlySet<unknown> {
  const bad = () => badPatch('invalid patch format of retainKeys')
  if (!Array.isArray(value)) throw bad()
  const keys = new Set<unknown>(value)
  const isUnlisted = ([key, member]: [string, unknown]) => member !== null && !key.startsWith('$') && !keys.has(key)
  if (Object.entries(patch).some(isUnlisted)) throw bad()
  return keys
}
