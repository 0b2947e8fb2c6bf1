import { duplicate, type FieldError, invalid, notSupported, required, tooLong, tooMany } from '../../field_error.ts'
import { dnsLabel, dnsSubdomain, type FormCheck, labelValue, qualifiedName } from '../../validation/names.ts'
import { csiDriverNameErrors } from '../csi_driver_name.ts'
import type { Loose } from '../draft.ts'

type Check<T> = (item: T, field: string) => FieldError[]

export const formErrors =
  (form: FormCheck): Check<string | undefined> =>
  (value = '', field) =>
    form(value).map((fault) => invalid(field, value, fault))

/** Names of drivers are formed as those of CSI drivers are. */
export const driverErrors: Check<string | undefined> = (name = '', field) => csiDriverNameErrors(name, field)
export const deviceNameErrors = formErrors(dnsLabel)
export const requestNameErrors = formErrors(dnsLabel)
export const labelNameErrors = formErrors(qualifiedName)
export const labelValueErrors = formErrors(labelValue)

const POOL_NAME_BYTES_MAX = 253

/** A pool is named by domain names, with slashes between them. */
export const poolNameErrors: Check<string | undefined> = (name = '', field) => {
  if (name === '') return [required(field)]
  const size = name.length > POOL_NAME_BYTES_MAX ? [tooLong(field, POOL_NAME_BYTES_MAX)] : []
  return [...size, ...name.split('/').flatMap((part) => formErrors(dnsSubdomain)(part, field))]
}

const IDENTIFIER_BYTES_MAX = 32
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/
const IDENTIFIER_FAULT =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')"

const identifierErrors: Check<string> = (id, field) => [
  ...(id.length > IDENTIFIER_BYTES_MAX ? [tooLong(field, IDENTIFIER_BYTES_MAX)] : []),
  ...(IDENTIFIER.test(id) ? [] : [invalid(field, id, IDENTIFIER_FAULT)]),
]

/** The name of an attribute or a capacity, with or without the domain of whoever defined it. */
export const attributeNameErrors: Check<string> = (name, field) => {
  const [first = '', second, ...more] = name.split('/')
  if (more.length > 0) return []
  if (second === undefined) return identifierErrors(first, field)
  return [
    ...(first === '' ? [invalid(field, '', 'the domain must not be empty')] : driverErrors(first, field)),
    ...(second === '' ? [invalid(field, '', 'the name must not be empty')] : identifierErrors(second, field)),
  ]
}

/** The same of an attribute that devices of several drivers may have. */
export const qualifiedAttributeErrors: Check<string> = (name, field) => [
  ...attributeNameErrors(name, field),
  ...(name.includes('/')
    ? []
    : [invalid(field, name, 'a fully qualified name must be a domain and a name separated by a slash')]),
]

/** The items of a list that may not be too long; a longer one is not looked into. */
export function listErrors<T>(
  list: readonly T[] | undefined,
  most: number,
  field: string,
  check: Check<T>,
): FieldError[] {
  const items = list ?? []
  if (items.length > most) return [tooMany(field, items.length, most)]
  return items.flatMap((item, index) => check(item, `${field}[${index}]`))
}

/** The same where no two items may have the same key. */
export function setErrors<T>(
  list: readonly T[] | undefined,
  { most, keyOf }: { readonly most: number; readonly keyOf: (item: T) => string },
  field: string,
  check: Check<T>,
): FieldError[] {
  const items = list ?? []
  const errors = listErrors(items, most, field, check)
  if (items.length > most) return errors
  const keys = items.map(keyOf)
  const repeated = keys.flatMap((key, index) =>
    keys.indexOf(key) < index ? [duplicate(`${field}[${index}]`, key)] : [],
  )
  return [...errors, ...repeated]
}

export const itself = (item: string): string => item

const OPAQUE_BYTES_MAX = 10 * 1024

/** Data that only a driver understands: a JSON object that is not too long. Kept data may be longer. */
export function opaqueErrors(value: unknown, field: string, stored = false): FieldError[] {
  if (value === undefined || value === null) return [required(field)]
  const length = new TextEncoder().encode(JSON.stringify(value)).length
  if (!stored && length > OPAQUE_BYTES_MAX) return [tooLong(field, OPAQUE_BYTES_MAX)]
  const isObject = typeof value === 'object' && !Array.isArray(value)
  return isObject ? [] : [invalid(field, '<value omitted>', 'must be a valid JSON object')]
}

/** What a driver is told besides. */
export function configurationErrors({ opaque }: Loose, field: string, stored = false): FieldError[] {
  if (!opaque) return [required(`${field}.opaque`)]
  return [
    ...driverErrors(opaque.driver, `${field}.opaque.driver`),
    ...opaqueErrors(opaque.parameters, `${field}.opaque.parameters`, stored),
  ]
}

const SELECTORS_MAX = 32
const EXPRESSION_BYTES_MAX = 10 * 1024
/** What compiling nothing answers. */
const EMPTY_FAULT =
  "compilation failed: ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

/** Selectors must be there and not too long; what they say is not compiled. */
export const deviceSelectorErrors = (selectors: Loose[] | undefined, field: string): FieldError[] =>
  listErrors(selectors, SELECTORS_MAX, field, ({ cel }, at) => {
    if (!cel) return [required(`${at}.cel`)]
    const expression: string = cel.expression ?? ''
    const place = `${at}.cel.expression`
    if (new TextEncoder().encode(expression).length > EXPRESSION_BYTES_MAX)
      return [tooLong(place, EXPRESSION_BYTES_MAX)]
    return expression.trim() === '' ? [invalid(place, expression, EMPTY_FAULT)] : []
  })

export const EFFECTS = ['NoExecute', 'NoSchedule', 'None']
const OPERATORS = ['Equal', 'Exists']

/** Whether a request may get devices that others shall not. */
export function tolerationErrors({ key, operator, value = '', effect }: Loose, field: string): FieldError[] {
  const ofOperator: Readonly<Record<string, () => FieldError[]>> = {
    Exists: () => (value === '' ? [] : [invalid(`${field}.value`, value, 'must be empty for operator `Exists`')]),
    Equal: () => labelValueErrors(value, `${field}.value`),
    '': () => [required(`${field}.operator`)],
  }
  return [
    ...(key ? labelNameErrors(key, `${field}.key`) : []),
    ...(ofOperator[operator ?? '']?.() ?? [notSupported(`${field}.operator`, operator, OPERATORS)]),
    ...(!effect || EFFECTS.includes(effect) ? [] : [notSupported(`${field}.effect`, effect, EFFECTS)]),
  ]
}

const BINDING_CONDITIONS_MAX = 4

/** Conditions that must hold, and those that may not, before a pod goes to its node: both, or neither. */
export function bindingErrors({ bindingConditions, bindingFailureConditions }: Loose, field: string): FieldError[] {
  const [wanted, failing] = [`${field}.bindingConditions`, `${field}.bindingFailureConditions`]
  const hold: string[] = bindingConditions ?? []
  const fail: string[] = bindingFailureConditions ?? []
  const overlap = 'bindingFailureConditions must not overlap with bindingConditions'
  return [
    ...listErrors(hold, BINDING_CONDITIONS_MAX, wanted, labelNameErrors),
    ...listErrors(fail, BINDING_CONDITIONS_MAX, failing, labelNameErrors),
    ...hold.flatMap((one, index) => (hold.indexOf(one) < index ? [duplicate(`${wanted}[${index}]`, one)] : [])),
    ...fail.flatMap((one, index) => [
      ...(fail.indexOf(one) < index ? [duplicate(`${failing}[${index}]`, one)] : []),
      ...(hold.includes(one) ? [invalid(`${failing}[${index}]`, one, overlap)] : []),
    ]),
    ...(hold.length === 0 && fail.length > 0
      ? [invalid(wanted, bindingConditions ?? null, 'bindingConditions are required to use bindingFailureConditions')]
      : []),
    ...(fail.length === 0 && hold.length > 0
      ? [
          invalid(
            failing,
            bindingFailureConditions ?? null,
            'bindingFailureConditions are required to use bindingConditions',
          ),
        ]
      : []),
  ]
}
