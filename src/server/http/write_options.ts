import type { FieldError } from '../../api/field_error.ts'
import type { PatchType, RequestOptions } from '../../api/request.ts'
import { invalid } from '../api_errors.ts'

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions'

const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn']
const FIELD_MANAGER_BYTES_MAX = 128

const quoted = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(', ')

const byteLength = (text: string): number => new TextEncoder().encode(text).length

const GO_ESCAPES: Readonly<Record<string, string>> = { '0007': '\\a', '000b': '\\v' }

/** A text as Go quotes it: other control characters than those of JSON have names or two digits. */
const goQuoted = (text: string): string =>
  JSON.stringify(text).replace(/\\u(00[0-1][0-9a-f])/g, (_, code: string) => GO_ESCAPES[code] ?? `\\x${code.slice(2)}`)

function unsupported(field: string, value: string, supported: readonly string[]): FieldError {
  return {
    type: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${value}: supported values: ${quoted(supported)}`,
  }
}

/** What is wrong with `dryRun`. */
export function dryRunFaults(options: RequestOptions): FieldError[] {
  const values = options.dryRun ?? []
  const wrong = values.some((value) => value !== 'All')
  return wrong ? [unsupported('dryRun', JSON.stringify(values), ['All'])] : []
}

function fieldValidationFaults({ fieldValidation }: RequestOptions): FieldError[] {
  if (fieldValidation === undefined || FIELD_VALIDATIONS.includes(fieldValidation)) return []
  return [unsupported('fieldValidation', JSON.stringify(fieldValidation), FIELD_VALIDATIONS)]
}

function fieldManagerFaults({ fieldManager = '' }: RequestOptions): FieldError[] {
  const faults: FieldError[] = []
  if (byteLength(fieldManager) > FIELD_MANAGER_BYTES_MAX) {
    faults.push({
      type: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${FIELD_MANAGER_BYTES_MAX} bytes`,
    })
  }
  const stray = /\p{C}/u.exec(fieldManager)
  if (stray === null) return faults
  const place = byteLength(fieldManager.slice(0, stray.index))
  const code = (stray[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const message = `Invalid value: ${goQuoted(fieldManager)}: invalid character U+${code} (at position ${place})`
  return [...faults, { type: 'FieldValueInvalid', field: 'fieldManager', message }]
}

/** A patch may be forced only by apply, which in turn must say who applies. @throws ApiError 422 */
export function checkPatchOptions(options: RequestOptions, type: PatchType | undefined): void {
  const faults: FieldError[] = []
  if (type === 'apply' && !options.fieldManager) {
    faults.push({
      type: 'FieldValueRequired',
      field: 'fieldManager',
      message: 'Required value: is required for apply patch',
    })
  }
  if (type !== 'apply' && options.force !== undefined) {
    faults.push({
      type: 'FieldValueForbidden',
      field: 'force',
      message: 'Forbidden: may not be specified for non-apply patch',
    })
  }
  faults.push(...fieldManagerFaults(options), ...dryRunFaults(options), ...fieldValidationFaults(options))
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', faults)
}

/** Checks the query of a write. @throws ApiError 422 */
export function checkWriteOptions(kind: OptionsKind, options: RequestOptions): void {
  const faults = [...fieldManagerFaults(options), ...dryRunFaults(options), ...fieldValidationFaults(options)]
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', faults)
}

export const isDryRun = (options: RequestOptions): boolean => (options.dryRun?.length ?? 0) > 0
