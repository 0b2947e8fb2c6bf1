/** Somebody for whom something waits to be sent. */
export interface Reader {
  /** Bytes that wait for it now. */
  waiting(): number
  giveUp(): void
}

/** Less than this waits for every reader at times and is not worth counting. */
export const COUNTED_BYTES_MIN = 64 * 1024

/** What waits for all readers together: many that are a little slow may hold as much memory as one that is dead. */
export class Backlogs {
  readonly #bytes = new Map<Reader, number>()
  readonly #bytesMax: number
  #total = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Takes down what waits for a reader; when all is too much, those for whom most waits are given up. */
  note(reader: Reader, bytes: number): void {
    const before = this.#bytes.get(reader)
    if (bytes < COUNTED_BYTES_MIN && before === undefined) return
    this.#set(reader, bytes)
    if (this.#total > this.#bytesMax) this.#relieve()
  }

  forget(reader: Reader): void {
    this.#set(reader, 0)
  }

  #set(reader: Reader, bytes: number): void {
    this.#total += bytes - (this.#bytes.get(reader) ?? 0)
    if (bytes < COUNTED_BYTES_MIN) {
      this.#total -= bytes
      this.#bytes.delete(reader)
    } else this.#bytes.set(reader, bytes)
  }

  /** Nobody tells when a reader has caught up: all are asked before one is given up. */
  #relieve(): void {
    for (const reader of [...this.#bytes.keys()]) this.#set(reader, reader.waiting())
    const slowestFirst = [...this.#bytes].sort(([, one], [, other]) => other - one)
    for (const [reader] of slowestFirst) {
      if (this.#total <= this.#bytesMax) return
      this.forget(reader)
      reader.giveUp()
    }
  }
}
