import { type FieldFacts, findType, goFieldsOf } from '../schema/table.ts'

/**
 * A new object of a type as Go writes it before anything is set: structs are there, and fields that are always written
 * hold null or nothing. A writer who fills them changes them; he has not added them.
 */
export function zeroObject(typeName: string): object {
  const known = zeros.get(typeName)
  if (known !== undefined) return known
  const fields = findType(typeName)?.fields ?? {}
  const members = (goFieldsOf(typeName) ?? []).flatMap(([name, , goType, when]) => {
    const field = fields[name]
    if (field === undefined || when.includes('omitzero')) return []
    if (goType === 'struct') return [[name, zeroStruct(field)] as const]
    return when === 'always' ? [[name, ZEROS[goType] ?? null] as const] : []
  })
  const zero = Object.fromEntries(members)
  zeros.set(typeName, zero)
  return zero
}

const zeros = new Map<string, object>()

const ZEROS: Readonly<Record<string, unknown>> = { string: '', int32: 0, int64: 0, bool: false }

/** Times are null, quantities "0", ports 0; other structs have fields of their own. */
function zeroStruct({ t }: FieldFacts): unknown {
  const facts = findType(t)
  if (facts?.fields !== undefined) return zeroObject(t)
  if (facts?.t === 'oneOf<string|number>') return '0'
  return facts?.t === 'oneOf<integer|string>' ? 0 : null
}
