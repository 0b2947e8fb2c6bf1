import type { ServerResponse } from 'node:http'
import { type BodyChunk, chunkSize, sizeOfAll } from '../base/chunks.ts'

/** Small enough for the socket to take at once, large enough that the calls do not count. */
const PIECE_BYTES = 256 * 1024

/** Below this a loop is faster than a call that copies. */
const FEW_BYTES = 8

/**
 * Sends a body and ends the response. A large one goes out piece by piece, each when the socket has taken the
 * last: its reader deciphers one piece while the next is enciphered, and no second copy of the whole is made.
 * Answers what tells how many bytes still wait.
 */
export function sendBody(outgoing: ServerResponse, chunks: readonly BodyChunk[]): () => number {
  let left = sizeOfAll(chunks)
  if (left <= PIECE_BYTES) {
    outgoing.end(joined(chunks, left))
    return () => outgoing.writableLength
  }
  const rest = new Rest(chunks)
  const piece = takePiece()
  const sendNext = (error?: Error | null): void => {
    // The piece of a broken connection may still be in somebody's hands: it is left to the collector.
    if (error) return
    const bytes = rest.copyTo(piece)
    left -= bytes
    if (bytes > 0) outgoing.write(bytes < piece.length ? piece.subarray(0, bytes) : piece, sendNext)
    else {
      spare = piece
      outgoing.end()
    }
  }
  sendNext()
  return () => left + outgoing.writableLength
}

/**
 * The piece of the last large answer, for the next one. Whoever is given one for each 256 KB of a list of 27 MB makes V8 collect
 * in the midst of it: that took as long as copying and enciphering together.
 */
let spare: Buffer | undefined

function takePiece(): Buffer {
  const piece = spare ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
  spare = undefined
  return piece
}

/** What of a body has not been copied yet. */
class Rest {
  readonly #chunks: readonly BodyChunk[]
  #next = 0
  /** What is left of a chunk that did not fit. */
  #begun: Uint8Array | undefined

  constructor(chunks: readonly BodyChunk[]) {
    this.#chunks = chunks
  }

  /** Fills `piece` as far as there is something; answers how far that is. */
  copyTo(piece: Buffer): number {
    let at = 0
    while (at < piece.length) {
      const chunk = this.#begun ?? this.#chunks[this.#next++]
      if (chunk === undefined) break
      const room = piece.length - at
      if (chunkSize(chunk) <= room) {
        at += put(chunk, piece, at)
        this.#begun = undefined
        continue
      }
      const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(chunk.text)
      at += put(bytes.subarray(0, room), piece, at)
      this.#begun = bytes.subarray(room)
    }
    return at
  }
}

/** Answers how many bytes it has written. */
function put(chunk: BodyChunk, piece: Buffer, at: number): number {
  if (!(chunk instanceof Uint8Array)) {
    // As many bytes as letters: all of them are ASCII, and there is nothing to convert.
    return piece.write(chunk.text, at, chunk.size === chunk.text.length ? 'latin1' : 'utf8')
  }
  if (chunk.length > FEW_BYTES) piece.set(chunk, at)
  else for (let index = 0; index < chunk.length; index++) piece[at + index] = chunk[index] as number
  return chunk.length
}

function joined(chunks: readonly BodyChunk[], size: number): Uint8Array {
  const [only] = chunks
  if (only instanceof Uint8Array && chunks.length === 1) return only
  const whole = Buffer.allocUnsafe(size)
  new Rest(chunks).copyTo(whole)
  return whole
}
