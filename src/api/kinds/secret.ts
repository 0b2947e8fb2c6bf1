import { base64ToText, textToBase64 } from '../../base/base64.ts'
import { type FieldError, forbidden, invalid, required, tooLong } from '../field_error.ts'
import { jsonSyntaxError } from '../json_syntax.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { SECRETS } from '../resources.ts'
import type { Secret } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { base64Length, DATA_BYTES_MAX, IMMUTABLE_SET, keyErrors } from './config_map.ts'
import { fill, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { keyPairFault } from './secret_pem.ts'

const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name'
const REDACTED = '<secret contents redacted>'

/** `stringData` is only a way of writing `data`: it wins, and is never kept. */
function defaults(draft: MutableObject): void {
  fill(draft, 'type', 'Opaque')
  for (const [key, value] of Object.entries<string>(draft['stringData'] ?? {}))
    part(draft, 'data')[key] = textToBase64(value)
  delete draft['stringData']
}

function validate(secret: Secret): FieldError[] {
  const data = secret.data ?? {}
  const bytes = Object.values(data).reduce((sum, value) => sum + base64Length(value), 0)
  return [
    ...keyErrors(Object.keys(data), 'data'),
    ...(bytes > DATA_BYTES_MAX ? [tooLong('data', DATA_BYTES_MAX)] : []),
    ...typeErrors(secret, data),
  ]
}

type Data = Readonly<Record<string, string>>

/** Well-known types promise their keys. */
function typeErrors({ type, metadata }: Secret, data: Data): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`))
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[ACCOUNT_ANNOTATION] ? [] : [required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`)]
    case 'kubernetes.io/dockercfg':
      return jsonErrors(data, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson':
      return jsonErrors(data, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth':
      return data['username'] === undefined && data['password'] === undefined ? missing('username', 'password') : []
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key')
    default:
      return []
  }
}

function jsonErrors(data: Data, key: string): FieldError[] {
  const value = data[key]
  if (value === undefined) return [required(`data[${key}]`)]
  const fault = jsonFault(base64ToText(value))
  return fault === undefined ? [] : [invalid(`data[${key}]`, REDACTED, fault)]
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    return jsonSyntaxError(text)
  }
}

function validateUpdate(secret: Secret, old: Secret): FieldError[] {
  const fixed = old.immutable === true
  return [
    ...immutableErrors(secret.type, old.type, 'type'),
    ...(fixed && secret.immutable !== true ? [forbidden('immutable', IMMUTABLE_SET)] : []),
    ...(fixed && !equal(secret.data, old.data) ? [forbidden('data', IMMUTABLE_SET)] : []),
    ...validate(secret),
  ]
}

/** What not everybody may read. */
export const secretRules: KindRules<Secret> = {
  resource: SECRETS,
  generation: 'none',
  defaults,
  prepareUpdate: (draft, old) => {
    draft['type'] ??= old.type
  },
  validateCreate: validate,
  validateUpdate,
  warnings: ({ type, data = {} }) => {
    if (type !== 'kubernetes.io/tls') return []
    const fault = keyPairFault(base64ToText(data['tls.crt'] ?? ''), base64ToText(data['tls.key'] ?? ''))
    return fault === undefined ? [] : [fault]
  },
  selectableFields: ({ type }) => ({ type: type ?? '' }),
  cells: ({ metadata, type, data = {} }, now): Cell[] => [
    metadata.name,
    type ?? '',
    Object.keys(data).length,
    ageOf(metadata.creationTimestamp, now),
  ],
}
