import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { EMPTY_SET, type FieldSet, FieldSetBuilder } from './field_set.ts'
import type { KeyedList, SchemaNode } from './schema_node.ts'

/** The places that an object has a say in: leaves, entries of lists and maps, empty things. */
export function setOf(value: unknown, node: SchemaNode): FieldSet {
  const set = new FieldSetBuilder()
  collect(value, node, [], set)
  return set.members.size === 0 && set.children.size === 0 ? EMPTY_SET : set
}

function collect(value: unknown, node: SchemaNode, path: readonly string[], set: FieldSetBuilder): void {
  if (node.kind === 'atom') set.add(path)
  else if (node.kind === 'list') collectList(value, node, path, set)
  else if (isPlainObject(value)) collectMembers(value, node, path, set)
}

function collectMembers(
  value: Readonly<Record<string, unknown>>,
  node: SchemaNode & { kind: 'struct' | 'map' },
  path: readonly string[],
  set: FieldSetBuilder,
): void {
  for (const [name, member] of Object.entries(value)) {
    const below = [...path, `f:${name}`]
    const inner = node.kind === 'map' ? node.item : node.field(name)
    const isEmpty = isAbsent(member) || (isPlainObject(member) && Object.keys(member).length === 0)
    if (isEmpty || node.kind === 'map') set.add(below)
    if (!isAbsent(member) && inner !== undefined) collect(member, inner, below, set)
  }
}

function collectList(value: unknown, node: KeyedList, path: readonly string[], set: FieldSetBuilder): void {
  if (!Array.isArray(value)) return
  const entries = new Map<string, unknown[]>()
  for (const item of value) {
    const key = node.keyOf(item)
    if (key === undefined) continue
    const same = entries.get(key)
    if (same === undefined) entries.set(key, [item])
    else same.push(item)
  }
  for (const [key, [item, ...others]] of entries) {
    const below = [...path, key]
    set.add(below)
    // Entries of the same name are owned as one thing.
    if (others.length === 0 && node.item.kind !== 'atom') collect(item, node.item, below, set)
  }
}
