import { Buffer } from 'node:buffer'

/**
 * SPDY compresses headers with zlib and a dictionary that both sides know. A deflate stream may also
 * hold its data as it is ("stored" blocks), which every inflater reads: so nothing is compressed
 * here, and writing stays synchronous.
 */

/** SPDY/3's dictionary, as the specification lists it: words with their length, then running text. */
const WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin'
const TEXT =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden' +
  '404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug ' +
  'Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,' +
  'application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdch' +
  'charset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

/** zlib's first two bytes: 32 KiB window, a dictionary is expected, and the check bits that fit. */
const ZLIB_HEADER = Buffer.from([0x78, 0xbb])
/** An empty stored block: Go's inflater hands out what it has only when it meets one, or an end. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff])
/** A stored block's length has 16 bits. */
const STORED_BYTES_MAX = 65_535

let zlibStart: Buffer | undefined

/** The header block of one frame; `first` is set for the first block that a connection sends. */
export function headerBlock(headers: Readonly<Record<string, string>>, first: boolean): Buffer {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [withLength(name.toLowerCase()), withLength(value)])
  const block = Buffer.concat([uint32(pairs.length / 2), ...pairs])
  if (block.length > STORED_BYTES_MAX) throw new Error(`SPDY headers of ${block.length} bytes are too long`)
  const stored = Buffer.alloc(5)
  stored.writeUInt16LE(block.length, 1)
  stored.writeUInt16LE(~block.length & 0xffff, 3)
  return Buffer.concat([first ? startOfStream() : Buffer.alloc(0), stored, block, FLUSH])
}

function startOfStream(): Buffer {
  zlibStart ??= Buffer.concat([ZLIB_HEADER, uint32(adler32(spdyDictionary()))])
  return zlibStart
}

/** Exported for the test, which inflates with it. */
export function spdyDictionary(): Buffer {
  const words = WORDS.split(' ').map((word) => withLength(word.replace('_', ' ')))
  return Buffer.concat([...words, Buffer.from(TEXT, 'latin1')])
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0, 0)
  return bytes
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return b * 65_536 + a
}
