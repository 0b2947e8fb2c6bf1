import { Buffer } from 'node:buffer'
import { headerBlock } from './spdy_headers.ts'

/**
 * The part of SPDY/3.1 that exec and attach need of a client: open streams, send data, half-close.
 * Headers that the server sends are not read (nothing in them matters here), so no inflating.
 */

const VERSION = 0x8003
const [SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY] = [1, 2, 3, 6, 7]
const FLAG_FIN = 1
const HEADER_BYTES = 8
/** Lengths have 24 bits. */
const PAYLOAD_BYTES_MAX = 2 ** 24 - 1

export type SpdyFrame =
  | { readonly type: 'data'; readonly stream: number; readonly data: Buffer; readonly fin: boolean }
  | { readonly type: 'reply'; readonly stream: number; readonly fin: boolean }
  | { readonly type: 'reset'; readonly stream: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goaway' }

export function synStream(stream: number, headers: Readonly<Record<string, string>>, first: boolean): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt32BE(stream, 0)
  return control(SYN_STREAM, 0, Buffer.concat([fixed, headerBlock(headers, first)]))
}

export function dataFrame(stream: number, data: Uint8Array, fin: boolean): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(stream, 0)
  header.writeUInt32BE(((fin ? FLAG_FIN : 0) << 24) | Math.min(data.length, PAYLOAD_BYTES_MAX), 4)
  return Buffer.concat([header, data])
}

export function pingFrame(id: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(id, 0)
  return control(PING, 0, payload)
}

function control(type: number, flags: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(VERSION, 0)
  header.writeUInt16BE(type, 2)
  header.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4)
  return Buffer.concat([header, payload])
}

/** Cuts a byte stream into frames; frames that nobody here needs (settings, windows) are left out. */
export class SpdyParser {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Uint8Array): SpdyFrame[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    const frames: SpdyFrame[] = []
    while (this.#rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#rest.readUIntBE(5, 3)
      if (this.#rest.length < end) break
      const frame = parseFrame(this.#rest.subarray(0, end))
      if (frame !== undefined) frames.push(frame)
      this.#rest = this.#rest.subarray(end)
    }
    return frames
  }
}

function parseFrame(frame: Buffer): SpdyFrame | undefined {
  const payload = frame.subarray(HEADER_BYTES)
  const fin = ((frame[4] ?? 0) & FLAG_FIN) !== 0
  const isControl = ((frame[0] ?? 0) & 0x80) !== 0
  if (!isControl) return { type: 'data', stream: frame.readUInt32BE(0), data: payload, fin }
  switch (frame.readUInt16BE(2)) {
    case SYN_REPLY:
      return { type: 'reply', stream: payload.readUInt32BE(0), fin }
    case RST_STREAM:
      return { type: 'reset', stream: payload.readUInt32BE(0), status: payload.readUInt32BE(4) }
    case PING:
      return { type: 'ping', id: payload.readUInt32BE(0) }
    case GOAWAY:
      return { type: 'goaway' }
    default:
      return undefined
  }
}
