import type { Revision } from './store.ts'

/** Keeps history for one reader until it lets go. */
export interface Pin {
  /** The reader needs nothing before `revision` any more. */
  move(revision: Revision): void
  release(): void
}

/** The readers of old history. Compaction refuses new ones at once, but waits for these. */
export class Pins {
  readonly #pinned = new Map<Pin, Revision>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  hold(revision: Revision): Pin {
    const pin: Pin = {
      move: (next) => {
        if (this.#pinned.has(pin)) this.#pinned.set(pin, next)
      },
      release: () => {
        if (this.#pinned.delete(pin)) this.#onChange()
      },
    }
    this.#pinned.set(pin, revision)
    return pin
  }

  /** The oldest revision that a reader needs; Infinity without readers. */
  get oldest(): Revision {
    let oldest = Number.POSITIVE_INFINITY
    for (const revision of this.#pinned.values()) oldest = Math.min(oldest, revision)
    return oldest
  }
}
