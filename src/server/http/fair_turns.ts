/** Calls back after whatever else is ready to run has had its chance. */
export type AfterOthers = (run: () => void) => void

/**
 * Lets one request begin at a time and the rest of the process breathe in between; whose requests
 * wait take turns. So a flood delays nobody else by more than what one request computes, and each
 * user gets on, however many requests another has sent before.
 */
export class FairTurns {
  readonly #afterOthers: AfterOthers
  /** By user, in the order in which they come next. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #isTaken = false

  constructor(afterOthers: AfterOthers) {
    this.#afterOthers = afterOthers
  }

  /** Undefined when it may begin at once. */
  take(user: string): Promise<void> | undefined {
    if (!this.#isTaken) {
      this.#isTaken = true
      this.#afterOthers(() => this.#next())
      return undefined
    }
    return new Promise((begin) => {
      const own = this.#waiting.get(user)
      if (own === undefined) this.#waiting.set(user, [begin])
      else own.push(begin)
    })
  }

  #next(): void {
    const first = this.#waiting.entries().next().value
    if (first === undefined) {
      this.#isTaken = false
      return
    }
    const [user, [begin, ...later]] = first
    this.#waiting.delete(user)
    if (later.length > 0) this.#waiting.set(user, later)
    this.#afterOthers(() => this.#next())
    begin?.()
  }
}
