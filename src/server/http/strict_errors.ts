/** How a key is told that an object has more than once. */
export const duplicateField = (path: string): string => `duplicate field ${JSON.stringify(path)}`

const unknownField = (path: string): string => `unknown field ${JSON.stringify(path)}`

interface Parsed {
  /** What the text had to say of its keys. */
  readonly strictErrors: readonly string[]
  readonly keys?: readonly string[]
}

/**
 * What strict decoding refuses, in the order of the text: unknown and duplicate keys in one list. What
 * stands below an unknown key is not looked at, so nothing in it is told.
 */
export function strictErrorsOf({ strictErrors, keys }: Parsed, unknown: readonly string[]): readonly string[] {
  if (keys === undefined || unknown.length === 0) return [...strictErrors, ...unknown]
  const left = new Set(unknown)
  const passedOver: string[] = []
  const seen = new Set<string>()
  const told = new Set<string>()
  for (const path of keys) {
    if (passedOver.some((outer) => isWithin(path, outer))) continue
    if (left.delete(unknownField(path))) {
      passedOver.push(path)
      told.add(unknownField(path))
    } else if (seen.has(path)) told.add(duplicateField(path))
    else seen.add(path)
  }
  return [...told, ...left]
}

const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`)
