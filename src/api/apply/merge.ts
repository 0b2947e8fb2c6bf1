import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { setMember } from '../json.ts'
import { entriesOf } from './compare.ts'
import { EMPTY_SET, type FieldSet } from './field_set.ts'
import type { SchemaNode } from './schema_node.ts'

/** Lays an applied object over the live one: members and keyed entries join, everything else is replaced. */
export function mergeApplied(live: unknown, applied: unknown, node: SchemaNode): unknown {
  if (applied === undefined) return live
  if (node.kind === 'list' && Array.isArray(applied) && Array.isArray(live)) return mergeLists(live, applied, node)
  if (node.kind === 'atom' || node.kind === 'list' || !isPlainObject(applied) || !isPlainObject(live)) return applied
  const merged = { ...live }
  for (const [name, value] of Object.entries(applied)) {
    const inner = node.kind === 'map' ? node.item : (node.field(name) ?? { kind: 'atom' })
    setMember(merged, name, mergeApplied(merged[name], value, inner))
  }
  return merged
}

/** The applied list gives the order; entries that only the live one has keep their places between. */
function mergeLists(
  live: readonly unknown[],
  applied: readonly unknown[],
  node: SchemaNode & { kind: 'list' },
): unknown[] {
  const liveEntries = entriesOf(live, node) ?? new Map<string, unknown>()
  const appliedEntries = entriesOf(applied, node) ?? new Map<string, unknown>()
  const liveKeys = [...liveEntries.keys()]
  const merged: unknown[] = []
  let at = 0
  const takeLiveOnly = (): void => {
    for (let key = liveKeys[at]; key !== undefined && !appliedEntries.has(key); key = liveKeys[++at])
      merged.push(liveEntries.get(key))
  }
  for (const [key, item] of appliedEntries) {
    takeLiveOnly()
    merged.push(mergeApplied(liveEntries.get(key), item, node.item))
    if (liveEntries.has(key)) at++
  }
  for (; at < liveKeys.length; at++) {
    const key = liveKeys[at] ?? ''
    if (!appliedEntries.has(key)) merged.push(liveEntries.get(key))
  }
  return merged
}

/** The object without the places of a set; what becomes empty by it goes too. */
export function removePlaces(value: unknown, places: FieldSet, node: SchemaNode): unknown {
  if (node.kind === 'list') return removeEntries(value, places, node)
  if (node.kind === 'atom' || !isPlainObject(value)) return value
  const left = {}
  for (const [name, member] of Object.entries(value)) {
    const key = `f:${name}`
    if (places.members.has(key)) continue
    const inner = (node.kind === 'map' ? node.item : node.field(name)) ?? { kind: 'atom' }
    const below = places.children.get(key)
    const kept = below === undefined ? member : removePlaces(member, below, inner)
    if (kept !== undefined) setMember(left, name, kept)
  }
  return Object.keys(left).length === 0 && Object.keys(value).length > 0 ? undefined : left
}

function removeEntries(value: unknown, places: FieldSet, node: SchemaNode & { kind: 'list' }): unknown {
  if (!Array.isArray(value)) return value
  const left = value.flatMap((item) => {
    const key = node.keyOf(item) ?? ''
    if (places.members.has(key)) return []
    const kept = removePlaces(item, places.children.get(key) ?? EMPTY_SET, node.item)
    return isAbsent(kept) ? [] : [kept]
  })
  return left.length === 0 && value.length > 0 ? undefined : left
}
