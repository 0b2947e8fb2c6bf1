import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { ApiError } from '../error.ts'
import { goFormat, goSyntax, goTypeOf } from '../patch/go_format.ts'
import { placeText } from './field_set.ts'
import type { Content, KeyedList, Scalar, SchemaNode } from './schema_node.ts'

/** Which object is looked at, for the message: `create typed patch object (ns/a; /v1, Kind=Pod)`. */
export interface Checked {
  readonly what: string
  /** An object that is there may have two entries of one name; one that is applied may not. */
  readonly duplicates: 'refused' | 'allowed'
}

/** Refuses what does not fit the schema: unknown fields, wrong types, list entries without keys or with the same ones. @throws ApiError 500 */
export function checkFits(value: unknown, node: SchemaNode, { what, duplicates }: Checked): void {
  const check = new Check(duplicates === 'allowed')
  check.node(value, node)
  const { faults } = check
  if (faults.length === 0) return
  const text = faults.length === 1 ? faults[0] : `errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}`
  throw new ApiError({ code: 500, message: `failed to ${what}: ${text}` })
}

class Check {
  readonly faults: string[] = []
  readonly #duplicatesAllowed: boolean
  readonly #path: string[] = []

  constructor(duplicatesAllowed: boolean) {
    this.#duplicatesAllowed = duplicatesAllowed
  }

  node(value: unknown, node: SchemaNode): void {
    if (isAbsent(value)) return
    if (node.kind === 'list') this.#list(value, node)
    else this.#content(value, node.kind === 'atom' ? node.content : node)
  }

  #content(value: unknown, content: Content): void {
    if (content === 'any') return
    if (typeof content === 'string') this.#scalar(value, content)
    else if ('items' in content) this.#items(value, content.items)
    else if (isPlainObject(value)) this.#members(value, content)
    else this.#fault(`expected map, got &{${goFormat(value)}}`)
  }

  #scalar(value: unknown, scalar: Scalar): void {
    const fault = scalarFault(value, scalar)
    if (fault !== undefined) this.#fault(fault)
  }

  /** Of the unknown members of a map only one is told. */
  #members(value: Readonly<Record<string, unknown>>, content: SchemaNode & { kind: 'struct' | 'map' }): void {
    let unknown: string | undefined
    for (const [name, member] of Object.entries(value)) {
      const inner = content.kind === 'map' ? content.item : content.field(name)
      if (inner === undefined) unknown ??= `f:${name}`
      else this.#inside(`f:${name}`, () => this.node(member, inner))
    }
    if (unknown !== undefined) this.#inside(unknown, () => this.#fault('field not declared in schema'))
  }

  #items(value: unknown, item: SchemaNode): void {
    if (!Array.isArray(value)) this.#fault(`expected list, got &{${goFormat(value)}}`)
    else for (const [index, each] of value.entries()) this.#inside(`i:${index}`, () => this.node(each, item))
  }

  #list(value: unknown, list: KeyedList): void {
    if (!Array.isArray(value)) {
      this.#fault(`expected list, got &{${goFormat(value)}}`)
      return
    }
    const seen = new Set<string>()
    for (const [index, item] of value.entries()) {
      const key = list.keyOf(item)
      if (key === undefined) {
        this.#fault(`element ${index}: ${namelessFault(item, list)}`)
        return
      }
      if (seen.has(key) && !this.#duplicatesAllowed) this.#fault(`duplicate entries for key ${placeText([key])}`)
      seen.add(key)
      this.#inside(key, () => this.node(item, list.item))
    }
  }

  #inside(key: string, check: () => void): void {
    this.#path.push(key)
    check()
    this.#path.pop()
  }

  #fault(text: string): void {
    const place = placeText(this.#path)
    this.faults.push(place === '' ? text : `${place}: ${text}`)
  }
}

function scalarFault(value: unknown, scalar: Scalar): string | undefined {
  switch (scalar) {
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goFormat(value)}}`
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got &{${goFormat(value)}}` : undefined
  }
}

/** Why an entry has no name. */
function namelessFault(item: unknown, { keys }: KeyedList): string {
  if (keys.length === 0) {
    if (item === null) return "associative list without keys has an element that's an explicit null"
    if (Array.isArray(item)) return 'not supported: associative list with lists as elements'
    return "associative list without keys has an element that's a map type"
  }
  if (item === null) return 'associative list with keys may not have a null element'
  if (!isPlainObject(item)) return 'associative list with keys may not have non-map elements'
  const names = keys.map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`
}
