import protobuf, { type Writer } from 'protobufjs/minimal.js'
import { fromRfc3339 } from '../../base/time.ts'
import { type MessageField, messageOf, type ProtoKind } from './message.ts'

type Members = Readonly<Record<string, unknown>>

/** Encodes a plain object as the message of a type of the table. */
export function writeMessage(type: string, object: object): Uint8Array {
  const writer = protobuf.Writer.create()
  writeFields(writer, type, object as Members)
  return writer.finish()
}

function writeFields(writer: Writer, type: string, object: Members): void {
  for (const field of messageOf(type).fields) writeField(writer, field, object)
}

function writeField(writer: Writer, field: MessageField, object: Members): void {
  const { json, shape, value, number } = field
  if (json === undefined) {
    writeInline(writer, field, object)
    return
  }
  const member = object[json]
  if (member === undefined || member === null) return
  if (shape === 'single') writeValue(writer, number, value, member)
  else if (shape === 'repeated') for (const item of member as unknown[]) writeValue(writer, number, value, item)
  else for (const [key, item] of Object.entries(member)) writeEntry(writer, { number, value }, key, item)
}

function writeInline(writer: Writer, { number, value }: MessageField, object: Members): void {
  if (value.kind !== 'message') return
  writer.uint32((number << 3) | 2).fork()
  writeFields(writer, value.type, object)
  writer.ldelim()
}

function writeEntry(writer: Writer, field: { number: number; value: ProtoKind }, key: string, item: unknown): void {
  writer
    .uint32((field.number << 3) | 2)
    .fork()
    .uint32(10)
    .string(key)
  if (item !== null && item !== undefined) writeValue(writer, 2, field.value, item)
  writer.ldelim()
}

function writeValue(writer: Writer, number: number, value: ProtoKind, item: unknown): void {
  const tag = (wireType: number): Writer => writer.uint32((number << 3) | wireType)
  switch (value.kind) {
    case 'string':
      tag(2).string(item as string)
      return
    case 'bool':
      tag(0).bool(item as boolean)
      return
    case 'int32':
      tag(0).int32(item as number)
      return
    case 'int64':
      tag(0).int64(item as number)
      return
    case 'double':
      tag(1).double(item as number)
      return
    case 'bytes':
      tag(2).bytes(bytesOf(item as string))
      return
    default:
      tag(2).fork()
      writeNested(writer, value, item)
      writer.ldelim()
  }
}

function writeNested(writer: Writer, value: ProtoKind, item: unknown): void {
  switch (value.kind) {
    case 'message':
      writeFields(writer, value.type, item as Members)
      return
    case 'raw':
      writer.uint32(10).bytes(new TextEncoder().encode(JSON.stringify(item)))
      return
    case 'strings':
      for (const text of item as string[]) writer.uint32(10).string(text)
      return
    case 'quantity':
      writer.uint32(10).string(String(item))
      return
    case 'intOrString':
      if (typeof item === 'string') writer.uint32(8).int64(1).uint32(16).int32(0).uint32(26).string(item)
      else
        writer
          .uint32(8)
          .int64(0)
          .uint32(16)
          .int32(item as number)
          .uint32(26)
          .string('')
      return
    case 'time':
    case 'microTime':
      writeTime(writer, item as string)
  }
}

function writeTime(writer: Writer, text: string): void {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  const seconds = Math.floor((fromRfc3339(text) ?? 0) / 1000)
  writer
    .uint32(8)
    .int64(seconds)
    .uint32(16)
    .int32(Number(fraction.slice(0, 9).padEnd(9, '0')))
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
