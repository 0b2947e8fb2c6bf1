import type { ProjectedFile } from './atomic_writer.ts'

/** A name for the content of a set of files: the same for the same files, and different as soon as one differs. */
export function setVersion(files: readonly ProjectedFile[]): string {
  const [low, high] = [new Fnv(0x811c9dc5), new Fnv(0x01234567)]
  for (const { content, mode, path } of files) {
    for (const hash of [low, high]) {
      hash.text(`${path} ${mode} ${content.length} `)
      hash.bytes(content)
    }
  }
  return `${low.hex()}${high.hex()}`
}

class Fnv {
  #state: number

  constructor(start: number) {
    this.#state = start
  }

  bytes(content: Uint8Array): void {
    let state = this.#state
    for (const byte of content) {
      state = Math.imul(state ^ byte, 0x01000193)
      state ^= state >>> 15
    }
    this.#state = state
  }

  text(text: string): void {
    this.bytes(new TextEncoder().encode(text))
  }

  hex(): string {
    return (this.#state >>> 0).toString(16).padStart(8, '0')
  }
}
