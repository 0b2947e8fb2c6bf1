import namesJson from './named-strings.json' with { type: 'json' }

const names = namesJson as unknown as Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * The name that Go gives to the strings of a field, or of a list in it: messages about wrong types show it.
 * `string` for most.
 */
export function goStringType(struct: string, json: string): string {
  const fields = Object.hasOwn(names, struct) ? names[struct] : undefined
  return fields !== undefined && Object.hasOwn(fields, json) ? (fields[json] ?? 'string') : 'string'
}

/** All names that strings have besides `string`. */
export const NAMED_STRING_TYPES: ReadonlySet<string> = new Set(Object.values(names).flatMap(Object.values))
