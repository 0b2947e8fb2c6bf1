import { isPlainObject } from '../decode/codec.ts'
import { type FieldFacts, findType } from '../schema/table.ts'

/** The scalars that the schema tells apart; `untyped` takes any of them. */
export type Scalar = 'string' | 'numeric' | 'boolean' | 'untyped'

/** What may stand inside something that is one thing to apply; `any` is not looked at. */
export type Content = Scalar | 'any' | { readonly items: SchemaNode } | Struct | Granular

interface Struct {
  readonly kind: 'struct'
  readonly field: (name: string) => SchemaNode | undefined
}

interface Granular {
  readonly kind: 'map'
  readonly item: SchemaNode
}

/** A list whose entries have names of their own. */
export interface KeyedList {
  readonly kind: 'list'
  readonly item: SchemaNode
  /** The members that name an entry, in the schema's order; none where an entry is named by its value. */
  readonly keys: readonly string[]
  /** The name of an entry; undefined when it has none. */
  readonly keyOf: (item: unknown) => string | undefined
}

/** How apply treats a value: as one thing, as a struct, a map, or a list whose entries have names of their own. */
export type SchemaNode = { readonly kind: 'atom'; readonly content: Content } | Struct | Granular | KeyedList

const atom = (content: Content): SchemaNode => ({ kind: 'atom', content })
const ANY = atom('any')

const nodes = new Map<string, SchemaNode>()

/** The node of a type of the table. */
export function schemaNode(typeName: string): SchemaNode {
  const known = nodes.get(typeName)
  if (known !== undefined) return known
  const type = findType(typeName)
  const made = type?.fields === undefined ? leafNode(type?.t ?? 'any') : structNode(type.fields, type.mapType)
  nodes.set(typeName, made)
  return made
}

function structNode(fields: Readonly<Record<string, FieldFacts>>, mapType: FieldFacts['mapType']): SchemaNode {
  const struct: Struct = {
    kind: 'struct',
    field: (name) => (Object.hasOwn(fields, name) ? fieldNode(fields[name]) : undefined),
  }
  return mapType === 'atomic' ? atom(struct) : struct
}

/** The node of a type without fields: `string`, `integer:int32`. A quantity may be any scalar; times and ports are not looked at. */
function leafNode(form: string): SchemaNode {
  if (form === 'oneOf<string|number>') return atom('untyped')
  if (form === 'string:date-time') return ANY
  switch (form.split(':')[0]) {
    case 'string':
      return atom('string')
    case 'integer':
    case 'number':
      return atom('numeric')
    case 'boolean':
      return atom('boolean')
    default:
      return ANY
  }
}

const fieldNodes = new WeakMap<FieldFacts, SchemaNode>()

function fieldNode(field: FieldFacts | undefined): SchemaNode {
  if (field === undefined) return ANY
  const known = fieldNodes.get(field)
  if (known !== undefined) return known
  const made = makeFieldNode(field)
  fieldNodes.set(field, made)
  return made
}

function makeFieldNode(field: FieldFacts): SchemaNode {
  const value = valueNode(field.t)
  if (field.mapType === 'atomic') return value.kind === 'atom' ? value : atom(value as Struct | Granular)
  // What a field says goes before what its type says of itself.
  const granular = field.mapType === 'granular' ? findType(field.t)?.fields : undefined
  if (granular !== undefined) return structNode(granular, 'granular')
  if (!field.t.endsWith('[]')) return value
  const itemType = field.t.slice(0, -2)
  if (field.listType === 'set') return setNode(valueNode(itemType))
  if (field.listType !== 'map') return value
  const keys = field.mapKeys ?? []
  return { kind: 'list', item: valueNode(itemType), keys, keyOf: entryKey(itemType, keys) }
}

const setNode = (item: SchemaNode): SchemaNode => ({
  kind: 'list',
  item,
  keys: [],
  keyOf: (value) => (value === null || typeof value === 'object' ? undefined : `v:${JSON.stringify(value)}`),
})

function valueNode(tableType: string): SchemaNode {
  if (tableType.endsWith('[]')) return atom({ items: valueNode(tableType.slice(0, -2)) })
  const item = /^map<(.*)>$/.exec(tableType)?.[1]
  if (item !== undefined) return { kind: 'map', item: valueNode(item) }
  return findType(tableType) === undefined ? leafNode(tableType) : schemaNode(tableType)
}

/** The name of a list entry: the values of its keys, or their defaults; undefined when none has either. */
function entryKey(itemType: string, mapKeys: readonly string[]): (item: unknown) => string | undefined {
  const names = [...mapKeys].sort().map((name) => [name, JSON.stringify(name)] as const)
  const fields = findType(itemType)?.fields ?? {}
  return (item) => {
    if (!isPlainObject(item)) return undefined
    let text = ''
    for (const [name, nameText] of names) {
      const value = item[name] === undefined ? fields[name]?.default : item[name]
      if (value !== undefined) text += `${text === '' ? '' : ','}${nameText}:${JSON.stringify(value)}`
    }
    return text === '' ? undefined : `k:{${text}}`
  }
}
