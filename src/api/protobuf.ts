import { ApiError } from './error.ts'
import { hasMessage } from './protobuf/message.ts'
import { type ProtobufEnvelope, ProtobufError, readEnvelope, readMessage } from './protobuf/read.ts'
import { writeMessage } from './protobuf/write.ts'

const UNKNOWN = 'io.k8s.apimachinery.pkg.runtime.Unknown'
const RAW_FIELD_TAG = 0x12

/** `k8s` and a zero byte: what every protobuf body of the API begins with. */
const PROTOBUF_MAGIC: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0x00)

/** Opens the envelope of a body: the magic bytes and `runtime.Unknown`. Throws a ProtobufError. */
export function openEnvelope(body: Uint8Array): ProtobufEnvelope {
  if (body.length === 0) throw new ProtobufError('empty data')
  if (!PROTOBUF_MAGIC.every((byte, index) => body[index] === byte)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  if (body.length === PROTOBUF_MAGIC.length) throw new ProtobufError('empty body')
  return readEnvelope(body.subarray(PROTOBUF_MAGIC.length))
}

/** Decodes the message inside an envelope into JSON's form; it still has to be normalised by `decodeObject`. */
export const decodeMessage = (typeName: string, raw: Uint8Array): object => readMessage(typeName, raw)

/**
 * A whole body: magic bytes, type, object. `typeName` is the table's name of the object's type.
 * @throws ApiError 406 for the few types whose messages the table lacks (CustomResourceDefinition, APIService)
 */
export function encodeProtobuf(typeName: string, object: { apiVersion?: string; kind?: string }): Uint8Array {
  if (!hasMessage(typeName)) throw notEncodable()
  return encodeEnvelope(object, writeMessage(typeName, object))
}

const notEncodable = (): ApiError =>
  new ApiError({
    code: 406,
    reason: 'NotAcceptable',
    message: 'only the following media types are accepted: application/json, application/yaml',
  })

function encodeEnvelope(
  { apiVersion = '', kind = '' }: { apiVersion?: string; kind?: string },
  raw: Uint8Array,
): Uint8Array {
  const meta = writeMessage(UNKNOWN, { typeMeta: { apiVersion, kind } })
  const rest = writeMessage(UNKNOWN, { contentEncoding: '', contentType: '' })
  const length = varint(raw.length)
  return joined([PROTOBUF_MAGIC, meta, Uint8Array.of(RAW_FIELD_TAG, ...length), raw, rest])
}

/** One event of a protobuf watch: a `WatchEvent` without envelope behind its length in four bytes. */
export function encodeWatchFrame(type: string, object: Uint8Array): Uint8Array {
  const event = joined([field(1, new TextEncoder().encode(type)), field(2, field(1, object))])
  const length = event.length
  return joined([Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length), event])
}

const field = (number: number, bytes: Uint8Array): Uint8Array =>
  joined([Uint8Array.of((number << 3) | 2, ...varint(bytes.length)), bytes])

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
