type Fields = Readonly<Record<string, unknown>>

/** Whether two values say the same as JSON, whatever the order of their fields; a field that is undefined is none. */
export function equalJson(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other))
    return Array.isArray(one) && Array.isArray(other) && equalLists(one, other)
  return equalFields(one as Fields, other as Fields)
}

const equalLists = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((item, at) => equalJson(item, other[at]))

function equalFields(one: Fields, other: Fields): boolean {
  for (const name of Object.keys(one)) if (!equalJson(one[name], other[name])) return false
  for (const name of Object.keys(other)) if (!(name in one) && other[name] !== undefined) return false
  return true
}
