import { setMember } from '../json.ts'
import { badPatch } from './patch_error.ts'
import { elementType, listOf, mergeList, retainedKeys, unknownDirective } from './strategic_list.ts'
import { checkOrder, DIRECTIVE, isMap, type JsonMap, ordered, SET_ELEMENT_ORDER } from './strategic_order.ts'
import { type StrategicSchema, strategicSchema } from './strategic_schema.ts'

const RETAIN_KEYS = '$retainKeys'
const DELETE_FROM_LIST = '$deleteFromPrimitiveList'

/**
 * Applies a strategic merge patch: lists merge by the keys that the schema of the type declares, and
 * the directives `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…` are
 * obeyed. Neither argument is changed.
 * @throws ApiError 400, 422 or 500, as upstream's
 */
export function strategicMerge(typeName: string, original: object, patch: object): object {
  return mergeMap(original as JsonMap, patch as JsonMap, strategicSchema(typeName))
}

function mergeMap(original: JsonMap, patch: JsonMap, schema: StrategicSchema): JsonMap {
  if (Object.hasOwn(patch, DIRECTIVE)) return obeyDirective(patch)
  const { [RETAIN_KEYS]: retain, ...rest } = patch
  const base = retain === undefined ? { ...original } : onlyKeys(original, retainedKeys(retain, rest))
  const { merged, left } = mergeOrderedLists(base, rest, schema)
  for (const [key, value] of Object.entries(left)) mergeMember(merged, key, value, schema)
  return merged
}

function obeyDirective(patch: JsonMap): JsonMap {
  const { [DIRECTIVE]: directive, ...rest } = patch
  if (directive === 'replace') return rest
  if (directive === 'delete') return {}
  throw unknownDirective(directive, patch)
}

function onlyKeys(map: JsonMap, keys: ReadonlySet<unknown>): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keys.has(key)))
}

function keyAfterSlash(key: string, what: string): string {
  const slash = key.indexOf('/')
  if (slash < 0) throw badPatch(`invalid patch format of ${what}`)
  return key.slice(slash + 1)
}

function mergeMember(merged: JsonMap, patchKey: string, value: unknown, schema: StrategicSchema): void {
  const deletes = patchKey.startsWith(DELETE_FROM_LIST)
  const key = deletes ? keyAfterSlash(patchKey, 'primitive list') : patchKey
  if (value === null) {
    delete merged[key]
    return
  }
  const known = Object.hasOwn(merged, key) ? merged[key] : undefined
  if (Array.isArray(known) && Array.isArray(value)) {
    merged[key] = mergeLists(known, value, { key, deletes, schema })
  } else if (isMap(known) && isMap(value)) {
    const { replaces, inner } = schema.field(key)
    setMember(merged, key, replaces ? value : mergeMap(known, value, inner))
  } else if (!deletes) {
    const plain = withoutDirectives(value)
    if (plain !== undefined) setMember(merged, key, plain)
  }
}

function mergeLists(
  known: readonly unknown[],
  value: readonly unknown[],
  { key, deletes, schema }: { key: string; deletes: boolean; schema: StrategicSchema },
): unknown[] {
  const strategy = schema.field(key)
  const mergeEntry = (original: JsonMap, patch: JsonMap): JsonMap => mergeMap(original, patch, strategy.inner)
  return mergeList(known, value, { strategy, deletes, mergeEntry })
}

/** What of a patch is taken where the original has nothing: no nulls in maps, no directives. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isMap(value)) return value
  if (value[DIRECTIVE] === 'delete') return undefined
  const plain: JsonMap = {}
  for (const [key, member] of Object.entries(value)) {
    if (member === null || isDirectiveKey(key)) continue
    const inner = withoutDirectives(member)
    if (inner !== undefined) setMember(plain, key, inner)
  }
  return plain
}

const isDirectiveKey = (key: string): boolean =>
  key === DIRECTIVE ||
  key === RETAIN_KEYS ||
  key.startsWith(`${SET_ELEMENT_ORDER}/`) ||
  key.startsWith(`${DELETE_FROM_LIST}/`)

/** Merges the lists for which the patch gives an order; answers the rest of the patch. */
function mergeOrderedLists(base: JsonMap, patch: JsonMap, schema: StrategicSchema): { merged: JsonMap; left: JsonMap } {
  const merged = { ...base }
  const left = { ...patch }
  for (const [directive, value] of Object.entries(patch)) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue
    delete left[directive]
    const key = keyAfterSlash(directive, 'setElementOrder list')
    const list = mergeInOrder({ key, order: listOf(value), original: base[key], patch: left[key], schema })
    if (list === undefined) continue
    merged[key] = list
    delete left[key]
  }
  return { merged, left }
}

interface OrderedMerge {
  readonly key: string
  readonly order: readonly unknown[]
  readonly original: unknown
  readonly patch: unknown
  readonly schema: StrategicSchema
}

function mergeInOrder({ key, order, original, patch, schema }: OrderedMerge): unknown[] | undefined {
  const known = original === undefined || original === null ? [] : listOf(original)
  const wanted = patch === undefined ? [] : listOf(patch)
  const { mergeKey } = schema.field(key)
  checkOrder(wanted, order, mergeKey)
  if (original === undefined && patch === undefined) return undefined
  const merged = mergedContent(known, wanted, { key, schema })
  if (merged.length === 0) return []
  elementType(known, wanted)
  return ordered(merged, { patch: order, server: known, mergeKey })
}

function mergedContent(
  known: readonly unknown[],
  wanted: readonly unknown[],
  { key, schema }: { key: string; schema: StrategicSchema },
): unknown[] {
  if (wanted.length === 0) return [...known]
  if (known.length === 0) return withoutDirectives(wanted) as unknown[]
  return mergeLists(known, wanted, { key, deletes: false, schema })
}
