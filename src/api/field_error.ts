import { ApiError } from './error.ts'

/** The reasons of `details.causes[]`. */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

/** One fault that validation found; `message` is without the field, as upstream prints it behind `field: `. */
export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.template.spec.containers[0].name` */
  readonly field: string
  /** `Invalid value: "x": must be…`, `Required value`, … */
  readonly message: string
}

/** A value that is already spelled as upstream's encoder would: the text goes into the message as it is. */
export class SpelledValue {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** `<`, `>`, `&` and the line separators are escaped by Go's JSON encoder. */
const GO_ESCAPES = /[<>&\u2028\u2029]/g
const escapeForGo = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A value as Go prints it in an error: nothing is `null`, text is quoted. */
function spell(value: unknown): string {
  if (value instanceof SpelledValue) return value.text
  if (value === undefined || value === null) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  return JSON.stringify(value).replace(GO_ESCAPES, escapeForGo)
}

/** A map as Go's encoder writes one: its keys sorted, `null` if there is none. */
export function sortedMap(map: Readonly<Record<string, unknown>> | null | undefined): SpelledValue {
  if (!map) return new SpelledValue('null')
  return new SpelledValue(spell(Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))))
}

const withDetail = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`)

/** A field that must be there is missing or empty. */
export const required = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  message: withDetail('Required value', detail),
})

/** A value breaks a rule which `detail` says. */
export const invalid = (field: string, value: unknown, detail = ''): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: withDetail(`Invalid value: ${spell(value)}`, detail),
})

/** A value has the wrong JSON type. */
export const typeInvalid = (field: string, value: unknown, detail = ''): FieldError => ({
  type: 'FieldValueTypeInvalid',
  field,
  message: withDetail(`Invalid value: ${spell(value)}`, detail),
})

/** A value is none of the known ones. They are printed in the order given: upstream sorts some lists and not others. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: withDetail(
    `Unsupported value: ${spell(value)}`,
    supported.length === 0 ? '' : `supported values: ${supported.map((word) => JSON.stringify(word)).join(', ')}`,
  ),
})

/** A value that must be unique is there twice. */
export const duplicate = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${spell(value)}`,
})

/** A field may not be set here, whatever its value. */
export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  message: withDetail('Forbidden', detail),
})

/** A value names something that does not exist. */
export const notFound = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  message: `Not found: ${spell(value)}`,
})

/** The server could not find out whether a value is right. */
export const internal = (field: string, detail: string): FieldError => ({
  type: 'InternalError',
  field,
  message: `Internal error: ${detail}`,
})

/** A text is longer than `bytesMax`. */
export const tooLong = (field: string, bytesMax: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${bytesMax} bytes`,
})

/** A list or map has more than `itemsMax` entries. */
export const tooMany = (field: string, count: number, itemsMax: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  message: `Too many: ${count}: must have at most ${itemsMax} item${itemsMax === 1 ? '' : 's'}`,
})

/** The same faults, reported as if `field` stood below `parent`. */
export const below = (parent: string, errors: readonly FieldError[]): FieldError[] =>
  errors.map((error) => ({ ...error, field: `${parent}.${error.field}` }))

const printed = (error: FieldError): string => `${error.field}: ${error.message}`

/** Groups whose objects are, inside upstream, those of the core: its messages name them so. */
const GROUPS_OF_CORE_TYPES = new Set(['events.k8s.io'])

/**
 * The 422 of an object that validation refused. The message names each fault once; `details.causes`
 * keeps those that were found more than once.
 */
export function invalidError(
  kind: { readonly kind: string; readonly group: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const texts = [...new Set(errors.map(printed))]
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const group = GROUPS_OF_CORE_TYPES.has(kind.group) ? '' : kind.group
  const qualified = group === '' ? kind.kind : `${kind.kind}.${group}`
  return new ApiError({
    code: 422,
    reason: 'Invalid',
    message: `${qualified} ${JSON.stringify(name)} is invalid: ${list}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind: kind.kind,
      causes: errors.map(({ type, field, message }) => ({ reason: type, message, field })),
    },
  })
}
