import protobuf, { type Reader } from 'protobufjs/minimal.js'
import { toRfc3339 } from '../../base/time.ts'
import { setMember } from '../json.ts'
import { type MessageField, messageOf, type ProtoKind } from './message.ts'

/** Bytes that are no message; the text is Go's. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

const utf8 = new TextDecoder()

/** What a body says it is, and the still encoded object. */
export interface ProtobufEnvelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

/** Runs a reading; whatever the bytes are, what goes wrong is a ProtobufError, in Go's words where they are known. */
function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new ProtobufError('unexpected EOF', { cause: thrown })
    if (thrown instanceof ProtobufError || !(thrown instanceof Error)) throw thrown
    throw new ProtobufError(`proto: illegal message: ${thrown.message}`, { cause: thrown })
  }
}

/** A message type as Go's faults name it: without its package. */
const shortName = (type: string): string => type.slice(type.lastIndexOf('.') + 1)

/** Reads the number and the wire type of the next field; groups and field 0 are nobody's. */
function nextTag(reader: Reader, type: string): number {
  const tag = reader.uint32()
  if ((tag & 7) === 4) throw new ProtobufError(`proto: ${shortName(type)}: wiretype end group for non-group`)
  if (tag >>> 3 === 0) throw new ProtobufError(`proto: ${shortName(type)}: illegal tag 0 (wire type ${tag})`)
  return tag
}

const VARINT_BYTES_MAX = 10

/** Passes over the value of a field that is not known. */
function skip(reader: Reader, wireType: number): void {
  if (wireType > 5) throw new ProtobufError(`proto: illegal wireType ${wireType}`)
  if (wireType !== 0) return void reader.skipType(wireType)
  for (let bytes = 0; bytes < VARINT_BYTES_MAX; bytes++) {
    if (reader.pos >= reader.len) throw new ProtobufError('unexpected EOF')
    if (((reader.buf[reader.pos++] ?? 0) & 0x80) === 0) return
  }
  throw new ProtobufError('proto: integer overflow')
}

/** Names that Go writes in capitals as a whole. */
const INITIALISMS = new Set(['uid', 'ip', 'id', 'url', 'tls', 'http', 'tcp', 'nfs', 'rbd', 'fc', 'csi', 'iqn'])

/** A field as Go's faults name it. */
function goNameOf({ json = '', value }: MessageField): string {
  if (json === 'metadata' && value.kind === 'message') return shortName(value.type)
  if (json === 'apiVersion') return 'APIVersion'
  return INITIALISMS.has(json) ? json.toUpperCase() : json.charAt(0).toUpperCase() + json.slice(1)
}

const wrongWireType = (wireType: number, name: string): ProtobufError =>
  new ProtobufError(`proto: wrong wireType = ${wireType} for field ${name}`)

/** What stands beside the object in `runtime.Unknown`. */
const UNKNOWN_FIELDS: Readonly<Record<number, string>> = {
  1: 'TypeMeta',
  2: 'Raw',
  3: 'ContentEncoding',
  4: 'ContentType',
}

/** Reads `runtime.Unknown`: the type of the object and its bytes, which are not copied. */
export function readEnvelope(bytes: Uint8Array): ProtobufEnvelope {
  return guarded(() => {
    const reader = protobuf.Reader.create(bytes)
    const typeMeta: { apiVersion?: string; kind?: string } = {}
    let raw: Uint8Array = new Uint8Array(0)
    while (reader.pos < reader.len) {
      const tag = nextTag(reader, 'Unknown')
      const known = UNKNOWN_FIELDS[tag >>> 3]
      if (known !== undefined && (tag & 7) !== 2) throw wrongWireType(tag & 7, known)
      if (tag === 10) readInto(typeMeta, 'io.k8s.apimachinery.pkg.runtime.TypeMeta', reader, endOfLength(reader))
      else if (tag === 18) raw = reader.bytes()
      else skip(reader, tag & 7)
    }
    return { apiVersion: typeMeta.apiVersion ?? '', kind: typeMeta.kind ?? '', raw }
  })
}

/** Decodes the bytes of one message of the table into a plain object; unknown fields are passed over. */
export function readMessage(type: string, bytes: Uint8Array): object {
  const object = {}
  guarded(() => readInto(object, type, protobuf.Reader.create(bytes), bytes.length))
  return object
}

function readInto(target: object, type: string, reader: Reader, end: number): void {
  const { byNumber } = messageOf(type)
  while (reader.pos < end) {
    const tag = nextTag(reader, type)
    const field = byNumber.get(tag >>> 3)
    if (field === undefined) skip(reader, tag & 7)
    else if (wireTypeOf(field) !== (tag & 7)) throw wrongWireType(tag & 7, goNameOf(field))
    else readField(target, field, reader)
  }
}

/** How the value of a field has to come. */
function wireTypeOf({ shape, value }: MessageField): number {
  if (shape === 'map') return 2
  if (value.kind === 'bool' || value.kind === 'int32' || value.kind === 'int64') return 0
  return value.kind === 'double' ? 1 : 2
}

function readField(target: object, field: MessageField, reader: Reader): void {
  const { json, shape, value } = field
  if (json === undefined) {
    if (value.kind === 'message') readInto(target, value.type, reader, endOfLength(reader))
    return
  }
  if (shape === 'single') setMember(target, json, readValue(value, reader))
  else if (shape === 'repeated') itemsOf(target, json).push(readValue(value, reader))
  else readEntry(membersOf(target, json), value, reader)
}

function itemsOf(target: object, json: string): unknown[] {
  const members = target as Record<string, unknown[]>
  return (members[json] ??= [])
}

function membersOf(target: object, json: string): object {
  const members = target as Record<string, object>
  return (members[json] ??= {})
}

/** Reads the length of a nested message and answers where it ends, which must be inside the outer one. */
function endOfLength(reader: Reader): number {
  const end = reader.uint32() + reader.pos
  if (end > reader.len) throw new ProtobufError('unexpected EOF')
  return end
}

function readEntry(members: object, value: ProtoKind, reader: Reader): void {
  const end = endOfLength(reader)
  let key = ''
  let member: unknown
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) key = reader.string()
    else if (tag >>> 3 === 2) member = readValue(value, reader)
    else reader.skipType(tag & 7)
  }
  setMember(members, key, member ?? emptyValue(value))
}

/** The value of a map entry that has only a key. */
const emptyValue = (value: ProtoKind): unknown => (value.kind === 'string' || value.kind === 'bytes' ? '' : null)

function readValue(value: ProtoKind, reader: Reader): unknown {
  switch (value.kind) {
    case 'string':
      return reader.string()
    case 'bool':
      return reader.bool()
    case 'int32':
      return reader.int32()
    case 'int64':
      return readInteger(reader)
    case 'double':
      return reader.double()
    case 'bytes':
      return base64Of(reader.bytes())
    case 'raw':
      return readRaw(reader)
    case 'strings':
      return readStrings(reader)
    case 'quantity':
      return (readSmall(reader).get(1) as string | undefined) ?? '0'
    case 'intOrString':
      return readIntOrString(reader)
    case 'time':
    case 'microTime':
      return readTime(reader, value.kind === 'microTime')
    case 'message': {
      const object = {}
      readInto(object, value.type, reader, endOfLength(reader))
      return object
    }
  }
}

function readInteger(reader: Reader): number {
  const value = Number(reader.int64())
  if (!Number.isSafeInteger(value))
    throw new ProtobufError(`the integer ${value} is beyond 9007199254740991 and cannot be kept exactly`)
  return value
}

const base64Of = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** A small message with only integers and strings, as numbers to values. */
function readSmall(reader: Reader): Map<number, number | string> {
  const values = new Map<number, number | string>()
  const end = endOfLength(reader)
  while (reader.pos < end) {
    const tag = nextTag(reader, 'Timestamp')
    if ((tag & 7) === 0) values.set(tag >>> 3, readInteger(reader))
    else if ((tag & 7) === 2) values.set(tag >>> 3, reader.string())
    else reader.skipType(tag & 7)
  }
  return values
}

function readIntOrString(reader: Reader): unknown {
  const values = readSmall(reader)
  return values.get(1) === 1 ? (values.get(3) ?? '') : (values.get(2) ?? 0)
}

/** Seconds and nanoseconds since 1970; both zero is Go's zero time. */
function readTime(reader: Reader, micro: boolean): string | null {
  const values = readSmall(reader)
  const seconds = Number(values.get(1) ?? 0)
  const nanos = Number(values.get(2) ?? 0)
  if (seconds === 0 && nanos === 0) return null
  const text = toRfc3339(seconds * 1000)
  return micro ? `${text.slice(0, -1)}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : text
}

function readStrings(reader: Reader): string[] {
  const strings: string[] = []
  const end = endOfLength(reader)
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) strings.push(reader.string())
    else reader.skipType(tag & 7)
  }
  return strings
}

/** JSON inside bytes. */
function readRaw(reader: Reader): unknown {
  const end = endOfLength(reader)
  let value: unknown = null
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) value = JSON.parse(utf8.decode(reader.bytes()) || 'null')
    else reader.skipType(tag & 7)
  }
  return value
}
