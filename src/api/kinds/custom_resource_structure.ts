import { type FieldError, forbidden, invalid, required } from '../field_error.ts'
import { byName, itemSchema, type Schema, subSchema } from './custom_resource_schema.ts'

/** Where in a schema one stands: what is missing is worded by it. */
type Level = 'root' | 'item' | 'field'

const MISSING_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/**
 * What keeps a schema from being structural: each value has one type, said outside of `allOf`, `anyOf`,
 * `oneOf` and `not`. Sorted by what is told. Patterns are not looked at: Go's expressions are not ours. Nothing is told of a schema that says what no structural one can.
 */
export function structureErrors(schema: Schema, at: string): FieldError[] {
  if (isBeyondStructure(schema)) return []
  const text = ({ field, message }: FieldError): string => `${field}: ${message}`
  return valueErrors(schema, 'root', at).sort((one, other) => (text(one) < text(other) ? -1 : 1))
}

const filled = (value: object | undefined): boolean => Object.keys(value ?? {}).length > 0

function isBeyondStructure(schema: Schema): boolean {
  const { id, $schema, $ref, patternProperties, dependencies, additionalItems, definitions, items } = schema
  if (id || $schema || $ref || additionalItems !== undefined) return true
  if (filled(patternProperties) || filled(dependencies) || filled(definitions)) return true
  if (Array.isArray(items) && items.length > 0) return true
  const parts = [itemSchema(schema), subSchema(schema.additionalProperties), ...Object.values(schema.properties ?? {})]
  return parts.some((part) => part !== undefined && isBeyondStructure(part))
}

function valueErrors(schema: Schema, level: Level, at: string): FieldError[] {
  const { type, properties = {}, additionalProperties: more } = schema
  const item = itemSchema(schema)
  const inner = subSchema(more)
  const isResource = schema['x-kubernetes-embedded-resource'] === true
  return [
    ...(type === 'array' && item === undefined ? [required(`${at}.items`, 'must be specified')] : []),
    ...(item === undefined ? [] : valueErrors(item, 'item', `${at}.items`)),
    ...byName(properties).flatMap(([key, one]) => valueErrors(one, 'field', `${at}.properties[${key}]`)),
    ...(more !== undefined && level === 'root'
      ? [forbidden(`${at}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(inner === undefined ? [] : valueErrors(inner, 'field', `${at}.additionalProperties`)),
    ...extensionErrors(schema, at),
    ...clauseErrors(schema, level, at),
    ...typeErrors(schema, level, at),
    ...(isResource && more !== undefined
      ? [forbidden(`${at}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')]
      : []),
    ...(level === 'root' && type && type !== 'object'
      ? [invalid(`${at}.type`, type, 'must be object at the root')]
      : []),
    ...(level === 'root' || isResource ? resourceErrors(properties, at) : []),
    ...(isResource && !schema['x-kubernetes-preserve-unknown-fields'] && !filled(properties)
      ? [
          required(
            `${at}.properties`,
            'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
          ),
        ]
      : []),
  ]
}

function typeErrors(schema: Schema, level: Level, at: string): FieldError[] {
  const { type } = schema
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true'
    return [type ? invalid(`${at}.type`, type, detail) : required(`${at}.type`, detail)]
  }
  if (type || schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']) return []
  return [required(`${at}.type`, MISSING_TYPE[level])]
}

function extensionErrors(schema: Schema, at: string): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return []
  const names = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const
  return names
    .filter((name) => schema[name] === true)
    .map((name) => invalid(`${at}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'))
}

/** Every object has these fields already; a definition may only narrow their texts. */
function resourceErrors(properties: Readonly<Record<string, Schema>>, at: string): FieldError[] {
  const { kind, apiVersion, metadata } = properties
  const wrong = (one: Schema | undefined, name: string, type: string): FieldError[] =>
    one === undefined || one.type === type
      ? []
      : [invalid(`${at}.properties[${name}].type`, one.type ?? '', `must be ${type}`)]
  return [
    ...wrong(kind, 'kind', 'string'),
    ...wrong(apiVersion, 'apiVersion', 'string'),
    ...wrong(metadata, 'metadata', 'object'),
  ]
}

/** A value that may be a number or a text is the one that may name types within its clauses. */
const isIntOrString = (clauses: readonly Schema[] = []): boolean =>
  JSON.stringify(clauses) === '[{"type":"integer"},{"type":"string"}]'

function clauseErrors(schema: Schema, level: Level, at: string): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not } = schema
  return [
    ...(isIntOrString(anyOf) ? [] : anyOf.flatMap((one, index) => nestedErrors(one, level, `${at}.anyOf[${index}]`))),
    ...allOf.flatMap((one, index) =>
      index === 0 && isIntOrString(one.anyOf)
        ? nestedErrors({ ...one, anyOf: [] }, level, `${at}.allOf[0]`)
        : nestedErrors(one, level, `${at}.allOf[${index}]`),
    ),
    ...oneOf.flatMap((one, index) => nestedErrors(one, level, `${at}.oneOf[${index}]`)),
    ...(not === undefined ? [] : nestedErrors(not, level, `${at}.not`)),
  ]
}

const EMPTY = 'must be empty to be structural'
const UNDEFINED = 'must be undefined to be structural'
const FALSE = 'must be false to be structural'
/** What clauses may not say, in upstream's order. */
const NOT_IN_CLAUSES: readonly (readonly [keyof Schema, string])[] = [
  ['type', EMPTY],
  ['additionalProperties', UNDEFINED],
  ['default', UNDEFINED],
  ['title', EMPTY],
  ['description', EMPTY],
  ['nullable', FALSE],
  ['x-kubernetes-preserve-unknown-fields', FALSE],
  ['x-kubernetes-embedded-resource', FALSE],
  ['x-kubernetes-int-or-string', FALSE],
  ['x-kubernetes-list-map-keys', EMPTY],
  ['x-kubernetes-list-type', UNDEFINED],
  ['x-kubernetes-map-type', UNDEFINED],
  ['x-kubernetes-validations', EMPTY],
]

const isSaid = (value: unknown, detail: string): boolean =>
  detail === UNDEFINED ? value !== undefined : Array.isArray(value) ? value.length > 0 : Boolean(value)

function nestedErrors(schema: Schema, level: Level, at: string): FieldError[] {
  const item = itemSchema(schema)
  return [
    ...clauseErrors(schema, level, at),
    ...(item === undefined ? [] : nestedErrors(item, level, `${at}.items`)),
    ...byName(schema.properties).flatMap(([key, one]) => nestedErrors(one, 'field', `${at}.properties[${key}]`)),
    ...NOT_IN_CLAUSES.filter(([field, detail]) => isSaid(schema[field], detail)).map(([field, detail]) =>
      forbidden(`${at}.${field}`, detail),
    ),
    ...(schema.properties?.['metadata'] === undefined
      ? []
      : [forbidden(`${at}.properties[metadata]`, 'must not be specified in a nested context')]),
  ]
}
