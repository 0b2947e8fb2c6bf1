/**
 * The value at a path: keys are parted by dots, `\.` is a dot inside a key, and `items[].x` collects
 * x of every item (undefined if no item has it).
 */
export function pick(object: unknown, path: string): unknown {
  return walk(
    object,
    path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.')),
  )
}

function walk(node: unknown, keys: readonly string[]): unknown {
  const [key, ...rest] = keys
  if (key === undefined) return node
  if (node === undefined || node === null) return undefined
  const fields = node as Record<string, unknown>
  if (!key.endsWith('[]')) return walk(fields[key], rest)
  const items = fields[key.slice(0, -2)]
  const found = Array.isArray(items) ? items.map((item) => walk(item, rest)).filter((value) => value !== undefined) : []
  return found.length > 0 ? found : undefined
}
