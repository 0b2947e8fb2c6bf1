import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'

/** A schema of a definition, as far as the rules look. */
export interface Schema {
  readonly id?: string
  readonly $schema?: string
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly title?: string
  readonly description?: string
  readonly nullable?: boolean
  readonly default?: unknown
  readonly uniqueItems?: boolean
  readonly pattern?: string
  readonly items?: Schema | readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly additionalItems?: unknown
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly dependencies?: Readonly<Record<string, unknown>>
  readonly not?: Schema
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-validations'?: readonly object[]
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const MAP_TYPES = ['atomic', 'granular']
const LIST_TYPES = ['atomic', 'set', 'map']

export const byName = <T>(map: Readonly<Record<string, T>> | undefined): [string, T][] =>
  Object.entries(map ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))

/** The schema of all items; nothing if there are several or none. */
export const itemSchema = ({ items }: Schema): Schema | undefined =>
  items === undefined || Array.isArray(items) ? undefined : (items as Schema)

export const subSchema = (value: Schema | boolean | undefined): Schema | undefined =>
  typeof value === 'object' ? value : undefined

/** What a schema may not say anywhere, and what its lists and maps must be. */
export function schemaErrors(schema: Schema, at: string): FieldError[] {
  const more = schema.additionalProperties
  const isExclusive = more === false || typeof more === 'object'
  return [
    ...unsupportedErrors(schema, at),
    ...(schema.uniqueItems
      ? [
          forbidden(
            `${at}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(isExclusive && Object.keys(schema.properties ?? {}).length > 0
      ? [forbidden(`${at}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
      : []),
    ...schemaParts(schema, at).flatMap(([part, field]) => schemaErrors(part, field)),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalid(`${at}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
    ...mapTypeErrors(schema, at),
    ...listTypeErrors(schema, at),
  ]
}

/** The schemas within a schema, in upstream's order. */
export function schemaParts(schema: Schema, at: string): [Schema, string][] {
  const list = (name: 'allOf' | 'oneOf' | 'anyOf'): [Schema, string][] =>
    (schema[name] ?? []).map((one, index) => [one, `${at}.${name}[${index}]`])
  const named = (name: 'properties' | 'definitions'): [Schema, string][] =>
    byName(schema[name]).map(([key, one]) => [one, `${at}.${name}[${key}]`])
  const alone = (one: Schema | undefined, field: string): [Schema, string][] =>
    one === undefined ? [] : [[one, field]]
  const items: [Schema, string][] = Array.isArray(schema.items)
    ? schema.items.map((one: Schema, index): [Schema, string] => [one, `${at}.items[${index}]`])
    : alone(itemSchema(schema), `${at}.items`)
  return [
    ...alone(subSchema(schema.additionalProperties), `${at}.additionalProperties`),
    ...named('properties'),
    ...alone(schema.not, `${at}.not`),
    ...list('allOf'),
    ...list('oneOf'),
    ...list('anyOf'),
    ...named('definitions'),
    ...items,
  ]
}

function unsupportedErrors(schema: Schema, at: string): FieldError[] {
  const fault = (isThere: boolean, field: string): FieldError[] =>
    isThere ? [forbidden(`${at}.${field}`, `${field} is not supported`)] : []
  const { type } = schema
  return [
    ...(type && !TYPES.includes(type) ? [notSupported(`${at}.type`, type, TYPES)] : []),
    ...fault(Boolean(schema.id), 'id'),
    ...fault(schema.additionalItems !== undefined, 'additionalItems'),
    ...fault(Object.keys(schema.patternProperties ?? {}).length > 0, 'patternProperties'),
    ...fault(Object.keys(schema.definitions ?? {}).length > 0, 'definitions'),
    ...fault(schema.dependencies !== undefined, 'dependencies'),
    ...fault(schema.$ref !== undefined, '$ref'),
    ...(type === 'null' ? [forbidden(`${at}.type`, 'type cannot be set to null, use nullable as an alternative')] : []),
    ...(Array.isArray(schema.items) && schema.items.length > 0
      ? [forbidden(`${at}.items`, 'items must be a schema object and not an array')]
      : []),
  ]
}

function wrongTypeErrors(type: string | undefined, wanted: string, why: string, at: string): FieldError[] {
  if (type === wanted) return []
  const detail = `must be ${wanted} if ${why} is specified`
  return [type ? invalid(`${at}.type`, type, detail) : required(`${at}.type`, detail)]
}

function mapTypeErrors({ type, 'x-kubernetes-map-type': mapType }: Schema, at: string): FieldError[] {
  if (mapType === undefined) return []
  const name = 'x-kubernetes-map-type'
  return [
    ...wrongTypeErrors(type, 'object', name, at),
    ...(MAP_TYPES.includes(mapType) ? [] : [notSupported(`${at}.${name}`, mapType, MAP_TYPES)]),
  ]
}

function listTypeErrors(schema: Schema, at: string): FieldError[] {
  const name = 'x-kubernetes-list-type'
  const { type, [name]: listType, 'x-kubernetes-list-map-keys': keys = [] } = schema
  const wrongType = listType === undefined ? [] : wrongTypeErrors(type, 'array', name, at)
  const needsMap = 'must be map if x-kubernetes-list-map-keys is non-empty'
  return [
    ...wrongType,
    ...(wrongType.length === 0 && listType === 'set' ? setItemErrors(itemSchema(schema), at) : []),
    ...(listType === undefined || LIST_TYPES.includes(listType)
      ? []
      : [notSupported(`${at}.${name}`, listType, LIST_TYPES)]),
    ...(keys.length > 0 && listType === undefined ? [required(`${at}.${name}`, needsMap)] : []),
    ...(keys.length > 0 && listType !== undefined && listType !== 'map'
      ? [invalid(`${at}.${name}`, listType, needsMap)]
      : []),
    ...(listType === 'map' ? mapItemErrors(schema, keys, at) : []),
  ]
}

/** Items of a set are compared as a whole. */
function setItemErrors(item: Schema | undefined, at: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = item?.['x-kubernetes-list-type']
  if (item?.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalid(`${at}.items.x-kubernetes-list-type`, listType, detail)]
  if (item?.type === 'object' && item['x-kubernetes-map-type'] !== 'atomic')
    return [invalid(`${at}.items.x-kubernetes-map-type`, listType, detail)]
  return []
}

/** Items of a list that is a map are objects with the keys as fields. */
function mapItemErrors(schema: Schema, keys: readonly string[], at: string): FieldError[] {
  const item = itemSchema(schema)
  const field = `${at}.x-kubernetes-list-map-keys`
  const fault = (detail: string): FieldError => invalid(field, keys, detail)
  const ofItem = (key: string, index: number): FieldError[] => {
    const type = item?.properties?.[key]?.type
    const isCompound = type === 'array' || type === 'object'
    return [
      ...(isCompound
        ? [
            invalid(
              `${at}.items.properties[${key}].type`,
              item?.type,
              "must be a scalar type if parent array's x-kubernetes-list-type is map",
            ),
          ]
        : []),
      ...(item?.properties?.[key] === undefined ? [fault('entries must all be names of item properties')] : []),
      ...(keys.indexOf(key) < index ? [fault('must not contain duplicate entries')] : []),
    ]
  }
  return [
    ...(keys.length === 0 ? [required(field, 'must not be empty if x-kubernetes-list-type is map')] : []),
    ...(schema.items === undefined
      ? [required(`${at}.items`, 'must have a schema if x-kubernetes-list-type is map')]
      : []),
    ...(item !== undefined && item.type !== 'object'
      ? [invalid(`${at}.items.type`, item.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")]
      : []),
    ...(item?.type === 'object' ? keys.flatMap(ofItem) : []),
  ]
}
