import type { ServerResponse } from 'node:http'

/** Small enough for the socket to take at once, large enough that the calls do not count. */
const PIECE_BYTES = 256 * 1024

/**
 * Sends a body and ends the response. A large one goes out piece by piece, each when the socket has taken the
 * last: its reader deciphers one piece while the next is enciphered, and no second copy of the whole is made.
 * Answers what tells how many bytes still wait.
 */
export function sendBody(outgoing: ServerResponse, chunks: readonly Uint8Array[]): () => number {
  const pieces = inPieces(chunks)
  let left = lengthOf(chunks)
  const sendNext = (error?: Error | null): void => {
    if (error) return
    const { value: piece } = pieces.next()
    left -= piece?.length ?? 0
    if (left === 0) outgoing.end(piece)
    else outgoing.write(piece, sendNext)
  }
  sendNext()
  return () => left + outgoing.writableLength
}

export const lengthOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0)

function* inPieces(chunks: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length || at === 0; at += PIECE_BYTES) {
      const part = chunk.length <= PIECE_BYTES ? chunk : chunk.subarray(at, at + PIECE_BYTES)
      waiting.push(part)
      bytes += part.length
      if (bytes < PIECE_BYTES) continue
      yield joined(waiting)
      waiting = []
      bytes = 0
    }
  }
  if (bytes > 0) yield joined(waiting)
  return undefined
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)
}
