import type { ServerResponse } from 'node:http'

/** Small enough for the socket to take at once, large enough that the calls do not count. */
const PIECE_BYTES = 256 * 1024

/** Below this a loop is faster than a call that copies. */
const FEW_BYTES = 8

/**
 * Sends a body and ends the response. A large one goes out piece by piece, each when the socket has taken the
 * last: its reader deciphers one piece while the next is enciphered, and no second copy of the whole is made.
 * Answers what tells how many bytes still wait.
 */
export function sendBody(outgoing: ServerResponse, chunks: readonly Uint8Array[]): () => number {
  let left = lengthOf(chunks)
  if (left <= PIECE_BYTES) {
    outgoing.end(joined(chunks))
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

export const lengthOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0)

/**
 * The piece of the last large answer, for the next one. Whoever is given one for each 256 KB of a list of 27 MB makes V8 collect
 * in the midst of it: that took as long as copying and enciphering together.
 */
let spare: Uint8Array | undefined

function takePiece(): Uint8Array {
  const piece = spare ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
  spare = undefined
  return piece
}

/** What of a body has not been copied yet. */
class Rest {
  readonly #chunks: readonly Uint8Array[]
  #next = 0
  /** How much of the next chunk has been copied. */
  #copied = 0

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks
  }

  /** Fills `piece` as far as there is something; answers how far that is. */
  copyTo(piece: Uint8Array): number {
    let at = 0
    for (; this.#next < this.#chunks.length && at < piece.length; ) {
      const chunk = this.#chunks[this.#next] as Uint8Array
      const part = this.#part(chunk, piece.length - at)
      if (part.length <= FEW_BYTES)
        for (let index = 0; index < part.length; index++) piece[at + index] = part[index] as number
      else piece.set(part, at)
      at += part.length
    }
    return at
  }

  #part(chunk: Uint8Array, room: number): Uint8Array {
    const from = this.#copied
    if (chunk.length - from > room) {
      this.#copied += room
      return chunk.subarray(from, this.#copied)
    }
    this.#copied = 0
    this.#next++
    return from === 0 ? chunk : chunk.subarray(from)
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)
}
