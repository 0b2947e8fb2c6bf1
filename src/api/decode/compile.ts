import { assert } from '../../base/assert.ts'
import { goStringType } from '../schema/named_strings.ts'
import { findType, type GoField, goFieldsOf, protoMessageOf, type TypeFacts } from '../schema/table.ts'
import type { Codec } from './codec.ts'
import { mapCodec, sliceCodec } from './containers.ts'
import { boolCodec, bytesCodec, floatCodec, int32Codec, int64Codec, stringCodec, stringCodecOf } from './scalars.ts'
import { specialCodec } from './special.ts'
import { type StructField, structCodec } from './struct.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'

const codecs = new Map<string, Codec>()

/** The codec of a type of the table; made once, at its first use. */
export function codecOf(typeName: string): Codec {
  const known = codecs.get(typeName)
  if (known !== undefined) return known
  const made = specialCodec(typeName, codecOf) ?? structCodec(goTypeName(typeName), () => compileFields(typeName))
  codecs.set(typeName, made)
  return made
}

/** `io.k8s.api.core.v1.PodSpec` → `v1.PodSpec` */
const goTypeName = (typeName: string): string => typeName.split('.').slice(-2).join('.')
const packageOf = (typeName: string): string => typeName.slice(0, typeName.lastIndexOf('.'))

/** A field of a Go struct with inline structs replaced by their fields. */
interface FlatField {
  readonly go: GoField
  /** The type whose JSON members these are; asked for the types of fields. */
  readonly owner: string
  /** The embedded Go structs between; Go names them where it tells of a fault. */
  readonly inside: readonly string[]
}

/** The fields of a Go struct in the order in which Go writes them. */
function flatFields(typeName: string, inside: readonly string[] = []): readonly FlatField[] {
  const fields = goFieldsOf(typeName)
  assert(fields !== undefined, `the table has no Go struct ${typeName}`)
  return fields.flatMap((go) => {
    if (go[3] !== 'inline') return [{ go, owner: typeName, inside }]
    const name = go[2].slice(go[2].lastIndexOf('.') + 1)
    return flatFields(`${name === 'TypeMeta' ? META : packageOf(typeName)}.${name}`, [...inside, name])
  })
}

function compileFields(typeName: string): StructField[] {
  const facts = findType(typeName)
  return flatFields(typeName).map((field) => compileField(field, facts))
}

function compileField({ go, owner, inside }: FlatField, facts: TypeFacts | undefined): StructField {
  const [json, , goType, when] = go
  const pointer = goType.startsWith('*')
  const inner = facts?.fields?.[json]?.t ?? findType(owner)?.fields?.[json]?.t ?? protoMessageOf(owner)?.[json]?.p ?? ''
  const bareType = pointer ? goType.slice(1) : goType
  const codec = namedCodec(bareType, goStringType(owner, json)) ?? goCodec(bareType, inner)
  return { json, codec, pointer, whenZero: whenZero(when, pointer, codec), inside }
}

/** The codec of a string of a named type, or of a list of them. */
function namedCodec(goType: string, name: string): Codec | undefined {
  if (name === 'string') return undefined
  return goType === '[]string' ? sliceCodec(stringCodecOf(name)) : goType === 'string' ? stringCodecOf(name) : undefined
}

function whenZero(when: GoField[3], pointer: boolean, codec: Codec): StructField['whenZero'] {
  if (when === 'always') return pointer ? 'null' : 'zero'
  return codec.struct && !pointer && !when.includes('omitzero') ? 'zero' : 'drop'
}

/** `goType` without its pointer, and the table's type of the same field, which names the struct. */
function goCodec(goType: string, tableType: string): Codec {
  switch (goType) {
    case 'string':
      return stringCodec
    case 'bool':
      return boolCodec
    case 'int32':
      return int32Codec
    case 'int64':
      return int64Codec
    case 'float64':
      return floatCodec
    case '[]uint8':
      return bytesCodec
    case 'struct':
      return codecOf(tableType)
  }
  if (goType.startsWith('[]')) return sliceCodec(goCodec(goType.slice(2), tableType.replace(/\[\]$/, '')))
  assert(goType.startsWith('map[string]'), `the table has a Go type ${goType} that decoding does not know`)
  const item = tableType.slice('map<'.length, -1)
  const goName = item === QUANTITY ? 'v1.ResourceList' : undefined
  return mapCodec(goCodec(goType.slice('map[string]'.length), item), goName)
}
