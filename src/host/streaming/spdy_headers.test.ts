import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, inflateSync } from 'node:zlib'
import { dataFrame, SpdyParser, synStream } from './spdy_frames.ts'
import { headerBlock, spdyDictionary } from './spdy_headers.ts'

test('the dictionary is the one of SPDY/3: zlib names it by its checksum', () => {
  assert.equal(spdyDictionary().length, 1423)
})

test('header blocks inflate to the pairs, the second one in the context of the first', () => {
  const blocks = Buffer.concat([
    headerBlock({ StreamType: 'error' }, true),
    headerBlock({ streamtype: 'stdin' }, false),
  ])
  const text = inflateSync(blocks, { dictionary: spdyDictionary(), finishFlush: constants.Z_SYNC_FLUSH })
  const block = (value: string) =>
    Buffer.concat([be(1), be(10), Buffer.from('streamtype'), be(value.length), Buffer.from(value)])
  assert.deepEqual(text, Buffer.concat([block('error'), block('stdin')]))
})

test('frames that come in pieces are put together', () => {
  const parser = new SpdyParser()
  const bytes = Buffer.concat([dataFrame(3, Buffer.from('hello'), false), dataFrame(3, Buffer.alloc(0), true)])
  const seen = [...bytes].flatMap((byte) => parser.push(Uint8Array.of(byte)))
  assert.deepEqual(
    seen.map((frame) => frame.type === 'data' && [frame.stream, frame.data.toString(), frame.fin]),
    [
      [3, 'hello', false],
      [3, '', true],
    ],
  )
})

test('a SYN_STREAM carries its length', () => {
  const frame = synStream(1, { streamtype: 'error' }, true)
  assert.equal(frame.readUIntBE(5, 3), frame.length - 8)
})

function be(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
