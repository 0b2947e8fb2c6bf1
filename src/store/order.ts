/** The order of two texts by their UTF-8 bytes, which is the order of their code points (and SQLite's). */
export function compareBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** JavaScript's units put surrogates (U+10000 and above) before U+E000 to U+FFFF; by bytes they come behind. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** What orders keys within a resource. */
export interface PlaceInOrder {
  readonly namespace: string
  readonly name: string
}

/** Key order within a resource: namespace, then name. */
export function comparePlaces(a: PlaceInOrder, b: PlaceInOrder): number {
  return compareBytes(a.namespace, b.namespace) || compareBytes(a.name, b.name)
}
