const HASH_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/**
 * The hash that ends a revision's name: FNV-1 with 32 bits over the data and the decimal number of
 * collisions, the digits of the sum written as letters. Bit for bit what Kubernetes computes.
 */
export function revisionHash(data: string, collisionCount: number): string {
  const sum = fnv1(new TextEncoder().encode(`${data}${collisionCount}`))
  return [...String(sum)].map((digit) => HASH_LETTERS[digit.charCodeAt(0) % HASH_LETTERS.length]).join('')
}

/** FNV-1, not 1a: multiply first. */
function fnv1(bytes: Uint8Array): number {
  let sum = 0x811c9dc5
  for (const byte of bytes) sum = Math.imul(sum, 0x01000193) ^ byte
  return sum >>> 0
}
