type Encodable = unknown

/**
 * JSON as Go writes a map: keys in byte order, no spaces, and `<`, `>`, `&`, U+2028 and U+2029
 * escaped. Names of revisions are hashes of this text, so every character counts. Fields that are
 * undefined are left out.
 */
export function encodeGoJson(value: Encodable): string {
  if (Array.isArray(value)) return `[${value.map(encodeGoJson).join(',')}]`
  if (typeof value === 'string') return encodeText(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => compareBytes(a, b))
  return `{${fields.map(([key, field]) => `${encodeText(key)}:${encodeGoJson(field)}`).join(',')}}`
}

function encodeText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The order of UTF-8 bytes is that of code points; JavaScript compares UTF-16 units instead. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
