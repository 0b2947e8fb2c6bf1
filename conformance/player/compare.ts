/** Longer values are cut in a report. */
const VALUE_LETTERS_MAX = 300

/** Where two JSON values differ, one line a place: `.spec.replicas: want 3, got 2`. */
export function differences(want: unknown, got: unknown, path = ''): string[] {
  if (JSON.stringify(want) === JSON.stringify(got)) return []
  if (!isPlain(want) || !isPlain(got) || Array.isArray(want) !== Array.isArray(got)) {
    return [`${path || '.'}: want ${shown(want)}, got ${shown(got)}`]
  }
  const keys = new Set([...Object.keys(want), ...Object.keys(got)])
  const at = (key: string) => (Array.isArray(want) ? `${path}[${key}]` : `${path}.${key}`)
  return [...keys].flatMap((key) => differences(want[key], got[key], at(key)))
}

const isPlain = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'
const shown = (value: unknown) => JSON.stringify(value)?.slice(0, VALUE_LETTERS_MAX)
