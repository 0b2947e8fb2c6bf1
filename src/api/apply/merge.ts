import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { setMember } from '../json.ts'
import type { KeyedList, SchemaNode } from './schema_node.ts'

/** Lays an applied object over the live one: members and keyed entries join, everything else is replaced. */
export function mergeApplied(live: unknown, applied: unknown, node: SchemaNode): unknown {
  if (applied === undefined) return live
  if (node.kind === 'atom') return applied
  // Null says nothing of what may stand inside, so all of it stays.
  if (applied === null) return isHollow(live) ? null : live
  if (node.kind === 'list') return mergeLists(listOf(live), listOf(applied), node)
  if (!isPlainObject(applied)) return applied
  const merged = isPlainObject(live) ? { ...live } : {}
  for (const [name, value] of Object.entries(applied)) {
    const inner = node.kind === 'map' ? node.item : node.field(name)
    setMember(merged, name, inner === undefined ? value : mergeApplied(merged[name], value, inner))
  }
  return merged
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const isHollow = (value: unknown): boolean =>
  isAbsent(value) || (typeof value === 'object' && Object.keys(value as object).length === 0)

/** A name that stands twice in the live list joins with nothing. */
function entriesByKey(items: readonly unknown[], keys: readonly string[]): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>()
  for (const [index, key] of keys.entries()) entries.set(key, entries.has(key) ? undefined : items[index])
  return entries
}

/**
 * The applied list gives the order; entries that only the live one has keep their places between. A shared entry
 * of the live list that is not the next one in the applied order is passed over: it comes where it was applied.
 */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], node: KeyedList): unknown[] {
  const keysOf = (items: readonly unknown[]): string[] => items.map((item) => node.keyOf(item) ?? '')
  const [liveKeys, appliedKeys] = [keysOf(live), keysOf(applied)]
  const [liveEntries, appliedEntries] = [entriesByKey(live, liveKeys), entriesByKey(applied, appliedKeys)]
  const shared = appliedKeys.filter((key) => liveEntries.has(key))
  const merged: unknown[] = []
  const taken = new Set<string>()
  let next = shared.shift()
  const take = (key: string): void => {
    taken.add(key)
    merged.push(mergeApplied(liveEntries.get(key), appliedEntries.get(key), node.item))
    if (key === next) next = shared.shift()
  }
  let [at, appliedAt] = [0, 0]
  while (at < liveKeys.length || appliedAt < appliedKeys.length) {
    const [key, wanted] = [liveKeys[at], appliedKeys[appliedAt]]
    if (key !== undefined && key === wanted) {
      take(key)
      at++
      appliedAt++
    } else if (key !== undefined && !appliedEntries.has(key)) {
      merged.push(live[at])
      at++
    } else if (key !== undefined && wanted !== undefined && next !== undefined && key !== next) {
      at++
    } else {
      if (key !== undefined && (taken.has(key) || wanted === undefined)) at++
      if (wanted === undefined) continue
      take(wanted)
      appliedAt++
    }
  }
  return merged
}
