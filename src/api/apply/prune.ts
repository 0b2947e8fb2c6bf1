import { isPlainObject } from '../decode/codec.ts'
import { setMember } from '../json.ts'
import * as sets from './field_set.ts'
import type { Managers } from './managers.ts'
import type { KeyedList, SchemaNode } from './schema_node.ts'
import { setOf } from './set_of.ts'

/**
 * Removes what the manager applied the last time and no longer applies, unless somebody else owns it. What stands
 * inside goes with it; what nobody ever owned stays where something owned stays around it.
 */
export function prune(merged: object, last: sets.FieldSet | undefined, managers: Managers, node: SchemaNode): object {
  if (last === undefined || sets.isEmptySet(last)) return merged
  const namedLast = withNamedParents(last, node)
  const owned = [...managers.values()].map(({ fields }) => fields).reduce(sets.union, sets.EMPTY_SET)
  const namedOwned = withNamedParents(owned, node)
  if (sets.isEmptySet(sets.difference(namedLast, namedOwned))) return merged
  const before = withNamedParents(setOf(merged, node), node)
  const bare = removePlaces(merged, namedLast, node)
  const kept = sets.union(withNamedParents(setOf(bare, node), node), namedOwned)
  const withOwned = removePlaces(merged, sets.difference(before, kept), node)
  const left = withNamedParents(setOf(withOwned, node), node)
  const gone = sets.intersection(sets.difference(before, left), namedLast)
  return (removePlaces(merged, gone, node) ?? {}) as object
}

/** The set with every struct member that leads to one of its places: `f:spec` if it has `f:spec, f:replicas`. */
function withNamedParents({ members, children }: sets.FieldSet, node: SchemaNode | undefined): sets.FieldSet {
  const parents = [...children.keys()].filter((key) => isField(node, key))
  return {
    members: new Set([...members, ...parents]),
    children: new Map([...children].map(([key, child]) => [key, withNamedParents(child, below(node, key))] as const)),
  }
}

const isField = (node: SchemaNode | undefined, key: string): boolean =>
  node?.kind === 'struct' && key.startsWith('f:') && node.field(key.slice(2)) !== undefined

function below(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node?.kind === 'struct') return node.field(key.slice(2))
  return node?.kind === 'map' || node?.kind === 'list' ? node.item : undefined
}

/** The value without the places of a set; what has nothing left by it is null. */
function removePlaces(value: unknown, places: sets.FieldSet, node: SchemaNode): unknown {
  if (sets.isEmptySet(places)) return value
  if (node.kind === 'list') return removeEntries(value, places, node)
  if (node.kind === 'atom') return typeof value === 'object' ? null : value
  if (!isPlainObject(value)) return null
  const left = {}
  for (const [name, member] of Object.entries(value)) {
    const key = `f:${name}`
    if (places.members.has(key)) continue
    const inner = below(node, key)
    const inside = places.children.get(key)
    setMember(left, name, inside === undefined || inner === undefined ? member : removePlaces(member, inside, inner))
  }
  return Object.keys(left).length === 0 ? null : left
}

function removeEntries(value: unknown, places: sets.FieldSet, node: KeyedList): unknown {
  if (!Array.isArray(value)) return null
  const left = value.flatMap((item) => {
    const key = node.keyOf(item) ?? ''
    if (places.members.has(key)) return []
    return [removePlaces(item, places.children.get(key) ?? sets.EMPTY_SET, node.item)]
  })
  return left.length === 0 ? null : left
}
