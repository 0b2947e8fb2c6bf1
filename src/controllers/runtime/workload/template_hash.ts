const HASH_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** JSON with the keys of every object in order, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
}

/** A short name for a template: letters that spell no words. The number of collisions gives another one. */
export function templateHash(template: object, collisionCount: number): string {
  const bytes = new TextEncoder().encode(`${canonicalJson(template)}${collisionCount}`)
  let sum = 0x811c9dc5
  for (const byte of bytes) sum = Math.imul(sum, 0x01000193) ^ byte
  return [...String(sum >>> 0)].map((digit) => HASH_LETTERS[digit.charCodeAt(0) % HASH_LETTERS.length]).join('')
}
