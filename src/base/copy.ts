/** A deep copy that may be changed, of what JSON can say: several times faster than `structuredClone`, which knows more. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const member = copyOf((value as Record<string, unknown>)[name])
    // An assignment to this name would set the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: member, ...PLAIN })
    else copy[name] = member
  }
  return copy as T
}

const PLAIN = { enumerable: true, writable: true, configurable: true } as const

/** The same list without the room for sixteen more that V8 leaves in one that grew: for lists that are kept, one for each pod. */
export const trimmed = <T>(list: readonly T[]): T[] => list.slice()
