import { type FieldFacts, findType, parseGroupVersion, type TypeFacts } from '../schema/table.ts'
import { describe, describeField } from './descriptions.ts'
import { type Dialect, refTo } from './dialect.ts'

const SCALARS: Readonly<Record<string, object>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  'integer:int32': { type: 'integer', format: 'int32' },
  'integer:int64': { type: 'integer', format: 'int64' },
  'number:double': { type: 'number', format: 'double' },
  'string:byte': { type: 'string', format: 'byte' },
  'string:date-time': { type: 'string', format: 'date-time' },
  object: { type: 'object' },
  any: {},
}

/** Types that are one of several in JSON; Swagger cannot say so and calls them strings. */
const UNIONS: Readonly<Record<string, Readonly<Record<Dialect, object>>>> = {
  'oneOf<string|number>': { v2: { type: 'string' }, v3: { oneOf: [{ type: 'string' }, { type: 'number' }] } },
  'oneOf<integer|string>': {
    v2: { type: 'string', format: 'int-or-string' },
    v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
}

/** The schema of a type of the table, with the `x-kubernetes-` extensions that clients read. */
export function schemaOf(type: TypeFacts, dialect: Dialect): object {
  const description = described(describe(type))
  if (type.fields === undefined)
    return { ...description, ...(UNIONS[type.t ?? '']?.[dialect] ?? SCALARS[type.t ?? 'object'] ?? {}) }
  const properties = Object.entries(type.fields).map(
    ([name, field]) => [name, propertyOf(field, describeField(type, name), dialect)] as const,
  )
  return {
    ...description,
    type: 'object',
    ...(type.required === undefined ? {} : { required: type.required }),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(type.gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': type.gvk.map(parseGvk) }),
    ...(type.mapType === undefined ? {} : { 'x-kubernetes-map-type': type.mapType }),
    ...(type.unions === undefined ? {} : { 'x-kubernetes-unions': type.unions }),
  }
}

const described = (description: string | undefined): object => (description === undefined ? {} : { description })

/** `apps/v1/StatefulSet` or `v1/Pod` in parts. */
function parseGvk(text: string): { group: string; version: string; kind: string } {
  const slash = text.lastIndexOf('/')
  return { ...parseGroupVersion(text.slice(0, slash)), kind: text.slice(slash + 1) }
}

/** OpenAPI 3.0 allows nothing beside a reference, so that one with a description or default stands in `allOf`. */
function propertyOf(field: FieldFacts, description: string | undefined, dialect: Dialect): object {
  const type = typeSchema(field.t, dialect)
  const fallback = field.default === undefined ? {} : { default: field.default }
  const wrapped = '$ref' in type && dialect === 'v3' && (field.default !== undefined || description !== undefined)
  return {
    ...described(description),
    ...(wrapped ? { allOf: [type] } : type),
    ...(dialect === 'v2' && '$ref' in type ? {} : fallback),
    ...(field.enum === undefined ? {} : { enum: field.enum }),
    ...extensionsOf(field),
  }
}

function extensionsOf(field: FieldFacts): object {
  return {
    ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.mapKeys }),
    ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
  }
}

function typeSchema(type: string, dialect: Dialect): object {
  if (type.endsWith('[]')) return { type: 'array', items: typeSchema(type.slice(0, -2), dialect) }
  const item = /^map<(.*)>$/.exec(type)?.[1]
  if (item !== undefined) return { type: 'object', additionalProperties: typeSchema(item, dialect) }
  return SCALARS[type] ?? refTo(type, dialect)
}

/** All types of the table that the given ones lead to, themselves included. */
export function typesReachedFrom(names: Iterable<string>): TypeFacts[] {
  const reached = new Map<string, TypeFacts>()
  const visit = (name: string): void => {
    const type = reached.has(name) ? undefined : findType(name)
    if (type === undefined) return
    reached.set(name, type)
    for (const { t } of Object.values(type.fields ?? {})) visit(t.replace(/^map<|>$|\[\]/g, '').replace(/>$/, ''))
  }
  for (const name of names) visit(name)
  return [...reached.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
