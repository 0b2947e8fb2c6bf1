/** JSON that becomes bytes when it is sent, and how many that will be. */
export interface JsonText {
  readonly text: string
  readonly size: number
}

/** A part of a body. */
export type BodyChunk = Uint8Array | JsonText

export const chunkSize = (chunk: BodyChunk): number => (chunk instanceof Uint8Array ? chunk.length : chunk.size)

export const sizeOfAll = (chunks: readonly BodyChunk[]): number =>
  chunks.reduce((sum, chunk) => sum + chunkSize(chunk), 0)

const encoder = new TextEncoder()

/** A body as one. */
export function wholeOf(chunks: readonly BodyChunk[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeOfAll(chunks))
  let at = 0
  for (const chunk of chunks) {
    if (chunk instanceof Uint8Array) whole.set(chunk, at)
    else encoder.encodeInto(chunk.text, whole.subarray(at))
    at += chunkSize(chunk)
  }
  return whole
}
