import { isPlainObject } from '../decode/codec.ts'
import { type FieldFacts, findType } from '../schema/table.ts'

/** How apply treats a value: as one thing, as a struct, a map, or a list whose entries have names of their own. */
export type SchemaNode =
  | { readonly kind: 'atom' }
  | { readonly kind: 'struct'; readonly field: (name: string) => SchemaNode | undefined }
  | { readonly kind: 'map'; readonly item: SchemaNode }
  | { readonly kind: 'list'; readonly item: SchemaNode; readonly keyOf: (item: unknown) => string | undefined }

const ATOM: SchemaNode = { kind: 'atom' }

const nodes = new Map<string, SchemaNode>()

/** The node of a type of the table. */
export function schemaNode(typeName: string): SchemaNode {
  const known = nodes.get(typeName)
  if (known !== undefined) return known
  const type = findType(typeName)
  const fields = type?.fields
  const made = fields === undefined || type?.mapType === 'atomic' ? ATOM : structNode(fields)
  nodes.set(typeName, made)
  return made
}

const structNode = (fields: Readonly<Record<string, FieldFacts>>): SchemaNode => ({
  kind: 'struct',
  field: (name) => (Object.hasOwn(fields, name) ? fieldNode(fields[name]) : undefined),
})

const fieldNodes = new WeakMap<FieldFacts, SchemaNode>()

function fieldNode(field: FieldFacts | undefined): SchemaNode {
  if (field === undefined) return ATOM
  const known = fieldNodes.get(field)
  if (known !== undefined) return known
  const made = makeFieldNode(field)
  fieldNodes.set(field, made)
  return made
}

function makeFieldNode(field: FieldFacts): SchemaNode {
  if (field.mapType === 'atomic') return ATOM
  // What a field says goes before what its type says of itself.
  const granular = field.mapType === 'granular' ? findType(field.t)?.fields : undefined
  if (granular !== undefined) return structNode(granular)
  if (!field.t.endsWith('[]')) return valueNode(field.t)
  const itemType = field.t.slice(0, -2)
  if (field.listType === 'set') return { kind: 'list', item: ATOM, keyOf: (item) => `v:${JSON.stringify(item)}` }
  if (field.listType !== 'map') return ATOM
  return { kind: 'list', item: valueNode(itemType), keyOf: entryKey(itemType, field.mapKeys ?? []) }
}

function valueNode(tableType: string): SchemaNode {
  const item = /^map<(.*)>$/.exec(tableType)?.[1]
  if (item !== undefined) return { kind: 'map', item: valueNode(item) }
  return tableType.endsWith('[]') ? ATOM : schemaNode(tableType)
}

/** The name of a list entry: the values of its keys, or their defaults; undefined when one has neither. */
function entryKey(itemType: string, mapKeys: readonly string[]): (item: unknown) => string | undefined {
  const names = [...mapKeys].sort().map((name) => [name, JSON.stringify(name)] as const)
  const fields = findType(itemType)?.fields ?? {}
  return (item) => {
    const entry = isPlainObject(item) ? item : {}
    let text = ''
    let isNamed = false
    for (const [name, nameText] of names) {
      const value = entry[name] ?? fields[name]?.default
      if (value === undefined) continue
      if (!isImplicit(value, entry, name)) isNamed = true
      text += `${text === '' ? '' : ','}${nameText}:${JSON.stringify(value)}`
    }
    return isNamed ? `k:{${text}}` : undefined
  }
}

/** The default '' or 0 of a key that the entry does not have says nothing about which entry it is. */
const isImplicit = (value: unknown, entry: Readonly<Record<string, unknown>>, name: string): boolean =>
  entry[name] === undefined && (value === '' || value === 0)
