import { assert } from '../../base/assert.ts'
import { findType, type ProtoField, protoMessageOf } from '../schema/table.ts'

/** How one value travels: a scalar, a message of the table, or a type with a form of its own. */
export type ProtoKind =
  | { readonly kind: 'string' | 'bool' | 'int32' | 'int64' | 'bytes' | 'double' }
  | { readonly kind: 'message'; readonly type: string }
  | { readonly kind: 'time' | 'microTime' | 'quantity' | 'intOrString' | 'raw' | 'strings' }

/** One field of a message. An inline one has no JSON name: its members stand in the outer object. */
export interface MessageField {
  readonly number: number
  readonly json: string | undefined
  readonly shape: 'single' | 'repeated' | 'map'
  readonly value: ProtoKind
}

export interface Message {
  readonly byNumber: ReadonlyMap<number, MessageField>
  readonly fields: readonly MessageField[]
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const RUNTIME = 'io.k8s.apimachinery.pkg.runtime'
const SCALARS: Readonly<Record<string, ProtoKind>> = {
  string: { kind: 'string' },
  bool: { kind: 'bool' },
  int32: { kind: 'int32' },
  int64: { kind: 'int64' },
  bytes: { kind: 'bytes' },
  double: { kind: 'double' },
}
const OWN_FORMS: Readonly<Record<string, ProtoKind>> = {
  [`${META}.Time`]: { kind: 'time' },
  [`${META}.MicroTime`]: { kind: 'microTime' },
  [`${META}.FieldsV1`]: { kind: 'raw' },
  [`${RUNTIME}.RawExtension`]: { kind: 'raw' },
  [`${META}.Verbs`]: { kind: 'strings' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { kind: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { kind: 'intOrString' },
}

function kindOf(type: string): ProtoKind {
  const known = SCALARS[type] ?? OWN_FORMS[type]
  if (known !== undefined) return known
  return type.endsWith('.ExtraValue') ? { kind: 'strings' } : { kind: 'message', type }
}

const messages = new Map<string, Message>()

/** The protobuf message of a type of the table; made once, at its first use. */
export function messageOf(type: string): Message {
  const known = messages.get(type)
  if (known !== undefined) return known
  const fields = fieldsOf(type).toSorted((a, b) => a.number - b.number)
  const made = { fields, byNumber: new Map(fields.map((field) => [field.number, field] as const)) }
  messages.set(type, made)
  return made
}

function fieldsOf(type: string): MessageField[] {
  const facts = findType(type)
  if (facts === undefined) {
    const fields = protoMessageOf(type)
    assert(fields !== undefined, `the table has no message ${type}`)
    return Object.entries(fields).map(([json, field]) => fieldOf(json, field))
  }
  const inline = Object.values(facts.inline ?? {}).map((field) => fieldOf(undefined, field))
  const direct = Object.entries(facts.fields ?? {}).flatMap(([json, { n, p, via }]) =>
    n === undefined || p === undefined || via !== undefined ? [] : [fieldOf(json, { n, p })],
  )
  return [...inline, ...direct]
}

function fieldOf(json: string | undefined, { n, p }: ProtoField): MessageField {
  if (p.endsWith('[]')) return { number: n, json, shape: 'repeated', value: kindOf(p.slice(0, -2)) }
  const map = /^map<string,(.*)>$/.exec(p)?.[1]
  if (map !== undefined) return { number: n, json, shape: 'map', value: kindOf(map) }
  return { number: n, json, shape: 'single', value: kindOf(p) }
}

/** Whether objects of a type can travel as protobuf; CRDs and APIServices cannot. */
export const hasMessage = (type: string): boolean => messageOf(type).fields.length > 0
