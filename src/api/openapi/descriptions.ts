import type { TypeFacts } from '../schema/table.ts'
import descriptionsJson from './descriptions.json' with { type: 'json' }

/**
 * What types and fields mean, in a sentence or two, by type and field name; the description of a type itself
 * stands under ''. The keys with a star hold what many types share. This module is loaded with the first
 * OpenAPI document that somebody asks for, so servers without such a client never hold these texts.
 */
export const DESCRIPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = descriptionsJson

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Where a type's descriptions are, the most special first. */
function* sourcesOf({ name, gvk, fields }: TypeFacts): Generator<Readonly<Record<string, string>> | undefined> {
  yield DESCRIPTIONS[name]
  if (fields?.['metadata']?.t === `${META}.ListMeta` && fields['items'] !== undefined) yield DESCRIPTIONS['*List']
  if (name.endsWith('Condition')) yield DESCRIPTIONS['*Condition']
  if (gvk !== undefined) yield DESCRIPTIONS['*']
}

/** The description of a field, or of the type itself for the field ''. */
export function describe(type: TypeFacts, field = ''): string | undefined {
  for (const source of sourcesOf(type)) {
    const found = source?.[field]
    if (found !== undefined) return found
  }
  return undefined
}

/** A field without a description of its own has that of the type it refers to. */
export const describeField = (type: TypeFacts, field: string): string | undefined =>
  describe(type, field) ?? DESCRIPTIONS[type.fields?.[field]?.t ?? '']?.['']
