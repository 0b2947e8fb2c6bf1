import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { ApiError } from '../error.ts'
import { EMPTY_SET, type FieldSet, FieldSetBuilder, placeText } from './field_set.ts'
import type { SchemaNode } from './schema_node.ts'

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

function collectList(
  value: unknown,
  node: SchemaNode & { kind: 'list' },
  path: readonly string[],
  set: FieldSetBuilder,
): void {
  if (!Array.isArray(value)) return
  for (const item of value) {
    const key = node.keyOf(item)
    if (key === undefined) continue
    set.add([...path, key])
    if (node.item.kind !== 'atom') collect(item, node.item, [...path, key], set)
  }
}

/** Refuses what an applied object may not have: unknown fields, entries without keys or with the same ones. */
export function checkApplied(value: unknown, node: SchemaNode, describe: string): void {
  const faults: string[] = []
  check(value, node, [], faults)
  if (faults.length === 0) return
  const text = faults.length === 1 ? faults[0] : `\n${faults.map((fault) => `  ${fault}`).join('\n')}`
  const lead = faults.length === 1 ? '' : 'errors:'
  throw new ApiError({ code: 500, message: `failed to create typed patch object (${describe}): ${lead}${text}` })
}

function check(value: unknown, node: SchemaNode, path: readonly string[], faults: string[]): void {
  if (node.kind === 'list' && Array.isArray(value)) checkList(value, node, path, faults)
  if ((node.kind !== 'struct' && node.kind !== 'map') || !isPlainObject(value)) return
  for (const [name, member] of Object.entries(value)) {
    const below = [...path, `f:${name}`]
    const inner = node.kind === 'map' ? node.item : node.field(name)
    if (inner === undefined) faults.push(`${placeText(below)}: field not declared in schema`)
    else check(member, inner, below, faults)
  }
}

function checkList(
  value: readonly unknown[],
  node: SchemaNode & { kind: 'list' },
  path: readonly string[],
  faults: string[],
): void {
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    const key = node.keyOf(item)
    if (key === undefined) {
      faults.push(
        `${placeText(path)}: element ${index}: associative list with keys has an element that omits key field`,
      )
      continue
    }
    if (seen.has(key)) faults.push(`${placeText(path)}: duplicate entries for key ${placeText([key])}`)
    seen.add(key)
    check(item, node.item, [...path, key], faults)
  }
}
