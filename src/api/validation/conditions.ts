import { duplicate, type FieldError, invalid, notSupported, required, tooLong } from '../field_error.ts'
import { qualifiedName } from './names.ts'

/** A condition as most kinds have it in their status. */
export interface StatusCondition {
  readonly type?: string
  readonly status?: string
  readonly observedGeneration?: number
  readonly lastTransitionTime?: string | null
  readonly reason?: string
  readonly message?: string
}

const STATUSES = ['False', 'True', 'Unknown']
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/
const REASON_FAULT =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')"
const REASON_BYTES_MAX = 1024
const MESSAGE_BYTES_MAX = 32 * 1024

/** Conditions say all that conditions have to say, and each type stands once. */
export function conditionErrors(conditions: readonly StatusCondition[] | undefined, field: string): FieldError[] {
  const types = (conditions ?? []).map(({ type = '' }) => type)
  return (conditions ?? []).flatMap((condition, index) => {
    const at = `${field}[${index}]`
    const type = types[index] ?? ''
    const repeated = types.indexOf(type) < index ? [duplicate(`${at}.type`, type)] : []
    return [...repeated, ...oneErrors(condition, type, at)]
  })
}

function oneErrors(condition: StatusCondition, type: string, at: string): FieldError[] {
  const { status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  const generation = `${at}.observedGeneration`
  return [
    ...qualifiedName(type).map((fault) => invalid(`${at}.type`, type, fault)),
    ...(STATUSES.includes(status) ? [] : [notSupported(`${at}.status`, status, STATUSES)]),
    ...(observedGeneration < 0
      ? [invalid(generation, observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(lastTransitionTime ? [] : [required(`${at}.lastTransitionTime`)]),
    ...reasonErrors(reason, `${at}.reason`),
    ...(message.length > MESSAGE_BYTES_MAX ? [tooLong(`${at}.message`, MESSAGE_BYTES_MAX)] : []),
  ]
}

function reasonErrors(reason: string, field: string): FieldError[] {
  if (reason === '') return [required(field)]
  return [
    ...(REASON.test(reason) ? [] : [invalid(field, reason, REASON_FAULT)]),
    ...(reason.length > REASON_BYTES_MAX ? [tooLong(field, REASON_BYTES_MAX)] : []),
  ]
}
