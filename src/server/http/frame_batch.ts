/** So many bytes are sent without waiting for more. */
const BATCH_BYTES_MAX = 256 * 1024

/**
 * Frames that one watcher is told in one turn of the event loop go out as one piece: a transaction group of
 * thirty changes costs a hundred watchers a hundred writes to TLS sockets, not three thousand.
 */
export class FrameBatch {
  readonly #send: (piece: Uint8Array) => void
  #frames: Uint8Array[] = []
  #bytes = 0

  constructor(send: (piece: Uint8Array) => void) {
    this.#send = send
  }

  add(frame: Uint8Array): void {
    this.#frames.push(frame)
    this.#bytes += frame.length
    if (this.#bytes >= BATCH_BYTES_MAX) this.flush()
    else if (this.#frames.length === 1) queueMicrotask(() => this.flush())
  }

  /** Sends what has been added and not been sent. */
  flush(): void {
    const frames = this.#frames
    if (frames.length === 0) return
    this.#frames = []
    this.#bytes = 0
    this.#send(joined(frames))
  }
}

/** The piece that was joined last: watchers of the same objects are told the same frames one after another. */
let last: { readonly frames: readonly Uint8Array[]; readonly piece: Uint8Array } | undefined

function joined(frames: readonly Uint8Array[]): Uint8Array {
  const [only] = frames
  if (only !== undefined && frames.length === 1) return only
  if (last === undefined || !areSame(last.frames, frames)) last = { frames, piece: concatenated(frames) }
  return last.piece
}

const areSame = (some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean =>
  some.length === others.length && some.every((frame, at) => frame === others[at])

function concatenated(frames: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const frame of frames) {
    whole.set(frame, at)
    at += frame.length
  }
  return whole
}
