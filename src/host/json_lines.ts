import { WATCH_LINE_BYTES_MAX } from './http_transport_limits.ts'

const NEWLINE = 10

/** Cuts a stream of bytes into lines, however the chunks fall; a line that grows too long is an error. */
export class JsonLines {
  readonly #onLine: (line: string) => void
  readonly #bytesMax: number
  #parts: Buffer[] = []
  #length = 0

  constructor(onLine: (line: string) => void, bytesMax = WATCH_LINE_BYTES_MAX) {
    this.#onLine = onLine
    this.#bytesMax = bytesMax
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end))
      this.#finishLine()
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    if (this.#length > this.#bytesMax) throw new Error(`a line is longer than ${this.#bytesMax} bytes`)
    this.#parts.push(part)
  }

  #finishLine(): void {
    const [first, ...others] = this.#parts
    const line = others.length === 0 ? (first ?? '').toString() : Buffer.concat(this.#parts).toString()
    this.#parts = []
    this.#length = 0
    if (line.trim() !== '') this.#onLine(line)
  }
}
