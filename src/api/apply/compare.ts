import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { sameJson } from '../patch/json_patch.ts'
import { type FieldSet, FieldSetBuilder } from './field_set.ts'
import type { SchemaNode } from './schema_node.ts'

/** How two objects differ, by places. */
export interface Comparison {
  readonly added: FieldSet
  readonly removed: FieldSet
  readonly modified: FieldSet
}

class Walk {
  readonly added = new FieldSetBuilder()
  readonly removed = new FieldSetBuilder()
  readonly modified = new FieldSetBuilder()

  compare(old: unknown, now: unknown, node: SchemaNode, path: readonly string[]): void {
    if (isAbsent(old) && isAbsent(now)) return
    if (isLeaf(old, now, node)) this.#leaf(old, now, path)
    else if (node.kind === 'list') this.#members(entriesOf(old, node), entriesOf(now, node), () => node.item, path)
    else if (node.kind !== 'atom') this.#members(membersOf(old), membersOf(now), (key) => memberNode(node, key), path)
  }

  #leaf(old: unknown, now: unknown, path: readonly string[]): void {
    if (path.length === 0) return
    if (isAbsent(old)) this.added.add(path)
    else if (isAbsent(now)) this.removed.add(path)
    else if (!sameJson(old, now)) this.modified.add(path)
  }

  #members(
    old: ReadonlyMap<string, unknown> | undefined,
    now: ReadonlyMap<string, unknown> | undefined,
    nodeOf: (key: string) => SchemaNode,
    path: readonly string[],
  ): void {
    for (const key of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
      this.compare(old?.get(key), now?.get(key), nodeOf(key), [...path, key])
    }
    if (path.length === 0) return
    if (old === undefined) this.added.add(path)
    else if (now === undefined) this.removed.add(path)
  }
}

/** Compares two objects of one type. */
export function compare(old: unknown, now: unknown, node: SchemaNode): Comparison {
  const walk = new Walk()
  walk.compare(old, now, node, [])
  return walk
}

const memberNode = (node: SchemaNode & { kind: 'struct' | 'map' }, key: string): SchemaNode =>
  (node.kind === 'map' ? node.item : node.field(key.slice(2))) ?? { kind: 'atom' }

const isHollow = (value: unknown): boolean =>
  isAbsent(value) || (typeof value === 'object' && Object.keys(value).length === 0)

/** Two empty things are compared as wholes, which keeps the difference between empty and absent. */
const isLeaf = (old: unknown, now: unknown, node: SchemaNode): boolean =>
  node.kind === 'atom' || (isHollow(old) && isHollow(now))

const membersOf = (value: unknown): Map<string, unknown> | undefined =>
  isPlainObject(value)
    ? new Map(Object.entries(value).map(([key, member]) => [`f:${key}`, member] as const))
    : undefined

/** The entries of a list by their keys; the first of several with the same key counts. */
export function entriesOf(value: unknown, { keyOf }: SchemaNode & { kind: 'list' }): Map<string, unknown> | undefined {
  if (!Array.isArray(value)) return undefined
  const entries = new Map<string, unknown>()
  for (const item of value) {
    const key = keyOf(item)
    if (key !== undefined && !entries.has(key)) entries.set(key, item)
  }
  return entries
}
