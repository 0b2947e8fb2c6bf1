import { type Codec, isAbsent, isPlainObject } from './codec.ts'
import type { DecodeState, Report } from './state.ts'

/** One field of a Go struct: how it is decoded, and what is written when it has Go's zero value. */
export interface StructField {
  readonly json: string
  readonly codec: Codec
  readonly pointer: boolean
  readonly whenZero: 'drop' | 'null' | 'zero'
  /** The embedded structs to which it belongs, from the outside. */
  readonly inside: readonly string[]
}

interface Member {
  readonly field: StructField
  readonly value: unknown
}

/**
 * A Go struct: fields come out in Go's order, unknown ones are dropped and told, and what Go always
 * writes is written. `fieldsOf` is called once, at the first use, because types refer to each other.
 */
export function structCodec(goType: string, fieldsOf: () => readonly StructField[]): Codec {
  const struct = goType.slice(goType.lastIndexOf('.') + 1)
  let known: readonly StructField[] | undefined
  const fields = (): readonly StructField[] => (known ??= fieldsOf())
  return {
    goType,
    struct: true,
    decode(value, state) {
      if (!isPlainObject(value)) return state.mismatch(value, goType)
      if (value === state.decoded) return value
      if (state.report === undefined) return decodeQuickly(fields(), value, state)
      return decodeInOrder(fields(), value, { struct, state, report: state.report })
    },
    zero: () => write(fields(), () => undefined, undefined),
    isEmpty: () => false,
  }
}

function decodeQuickly(
  fields: readonly StructField[],
  source: Readonly<Record<string, unknown>>,
  state: DecodeState,
): object {
  let found = 0
  const target: Record<string, unknown> = {}
  for (const field of fields) {
    const raw = source[field.json]
    if (raw !== undefined) found++
    writeField(target, field, isAbsent(raw) ? undefined : field.codec.decode(raw, state), state)
  }
  if (found !== Object.keys(source).length) state.odd = true
  return target
}

function decodeInOrder(
  fields: readonly StructField[],
  source: Readonly<Record<string, unknown>>,
  context: { struct: string; state: DecodeState; report: Report },
): object {
  const byName = new Map(fields.map((field) => [field.json, field] as const))
  const members = new Map<StructField, Member>()
  const names = Object.keys(source)
  // A converter of maps goes by the struct, a decoder of JSON by the text.
  const order = context.report.converts ? [...byName.keys(), ...names.filter((name) => !byName.has(name))] : names
  for (const name of order) {
    const raw = source[name]
    const field = byName.get(name)
    if (field === undefined && raw !== undefined) context.report.unknownField(name)
    if (field === undefined || isAbsent(raw)) continue
    const decode = (): unknown => field.codec.decode(raw, context.state)
    members.set(field, {
      field,
      value: context.report.insideField(
        { struct: field.inside.at(-1) ?? context.struct, embedded: field.inside },
        name,
        decode,
      ),
    })
  }
  return write(fields, (field) => members.get(field)?.value, context.state)
}

function write(
  fields: readonly StructField[],
  fieldValue: (field: StructField) => unknown,
  state: DecodeState | undefined,
): object {
  const target: Record<string, unknown> = {}
  for (const field of fields) writeField(target, field, fieldValue(field), state)
  return target
}

function writeField(
  target: Record<string, unknown>,
  field: StructField,
  value: unknown,
  state: DecodeState | undefined,
): void {
  if (value !== undefined && (field.pointer || !isDropped(field, value, state))) target[field.json] = value
  else if (field.whenZero === 'zero') target[field.json] = field.codec.zero()
  else if (field.whenZero === 'null') target[field.json] = null
}

function isDropped({ codec, whenZero }: StructField, value: unknown, state: DecodeState | undefined): boolean {
  if (!codec.isEmpty(value)) return false
  return typeof value !== 'object' || state?.keepsEmpty(whenZero !== 'drop') !== true
}
