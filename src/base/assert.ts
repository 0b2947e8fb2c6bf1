/** A mistake of the programmer, not of the user or of the machine: the part that made it must not go on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Stays on in production. `claim` says what must be so, as a sentence. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim)
}

/** For the end of an exhaustive switch: the compiler proves that it is not reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected value ${JSON.stringify(value)}`)
}
