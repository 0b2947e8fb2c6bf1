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

/** The document that schemas are written for. */
export interface SchemaTarget {
  readonly dialect: Dialect
  /** The only group and version of the document: `apps/v1`. */
  readonly groupVersion?: string
}

/** The schema of a type of the table, with the `x-kubernetes-` extensions that clients read. */
export function schemaOf(type: TypeFacts, target: SchemaTarget): object {
  const { dialect } = target
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
    ...(type.gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': kindsIn(target, type.gvk).map(parseGvk) }),
    ...(type.mapType === undefined ? {} : { 'x-kubernetes-map-type': type.mapType }),
    ...(type.unions === undefined ? {} : { 'x-kubernetes-unions': type.unions }),
  }
}

/** Some types are kinds of every group; the document of one group names only its own and the core. */
function kindsIn({ groupVersion }: SchemaTarget, kinds: readonly string[]): readonly string[] {
  if (groupVersion === undefined || kinds.length === 1) return kinds
  return kinds.filter((kind) => ['v1', groupVersion].includes(kind.slice(0, kind.lastIndexOf('/'))))
}

const described = (description: string | undefined): object => (description === undefined ? {} : { description })

/** `apps/v1/StatefulSet` or `v1/Pod` in parts. */
function parseGvk(text: string): { group: string; version: string; kind: string } {
  const slash = text.lastIndexOf('/')
  return { ...parseGroupVersion(text.slice(0, slash)), kind: text.slice(slash + 1) }
}

/**
 * OpenAPI 3.0 allows nothing beside a reference, so that one with a description or default stands in `allOf`. Swagger documents
 * carry no defaults.
 */
function propertyOf(field: FieldFacts, description: string | undefined, dialect: Dialect): object {
  const type = typeSchema(field, field.t, dialect)
  const fallback = field.default === undefined || dialect === 'v2' ? {} : { default: field.default }
  return {
    ...described(description),
    ...('$ref' in type && dialect === 'v3' ? { allOf: [type] } : type),
    ...fallback,
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

function typeSchema(field: FieldFacts, type: string, dialect: Dialect): object {
  if (type.endsWith('[]')) return { type: 'array', items: itemSchema(field, type.slice(0, -2), dialect) }
  const item = /^map<(.*)>$/.exec(type)?.[1]
  if (item !== undefined) return { type: 'object', additionalProperties: itemSchema(field, item, dialect) }
  return SCALARS[type] ?? refTo(type, dialect)
}

/** What Go has where an item says nothing; bytes, and types that write themselves, have no such value. */
const ZEROS: Readonly<Record<string, unknown>> = { string: '', 'integer:int32': 0, 'integer:int64': 0, boolean: false }

function itemSchema(field: FieldFacts, type: string, dialect: Dialect): object {
  const schema = typeSchema(field, type, dialect)
  if (dialect === 'v2') return { ...schema, ...itemEnum(field, type) }
  if (type in ZEROS) return { ...schema, default: ZEROS[type], ...itemEnum(field, type) }
  return findType(type)?.fields === undefined ? schema : { default: {}, allOf: [schema] }
}

const itemEnum = ({ itemEnum: values }: FieldFacts, type: string): object =>
  values === undefined || type !== 'string' ? {} : { enum: values }

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
