import type { FieldError } from '../../api/field_error.ts'
import type { RequestOptions } from '../../api/request.ts'
import { invalid } from '../api_errors.ts'

const forbiddenMatch = (why: string): FieldError => ({
  type: 'FieldValueForbidden',
  field: 'resourceVersionMatch',
  message: `Forbidden: ${why}`,
})

function unsupportedMatch(match: string, supported: readonly string[]): FieldError {
  const list = supported.map((value) => JSON.stringify(value)).join(', ')
  return {
    type: 'FieldValueNotSupported',
    field: 'resourceVersionMatch',
    message: `Unsupported value: ${JSON.stringify(match)}: supported values: ${list}`,
  }
}

function listFaults(options: RequestOptions): FieldError[] {
  const faults = options.resourceVersionMatch ? matchFaults(options, options.resourceVersionMatch) : []
  if (options.sendInitialEvents !== undefined) {
    const message = 'Forbidden: sendInitialEvents is forbidden for list'
    faults.push({ type: 'FieldValueForbidden', field: 'sendInitialEvents', message })
  }
  return faults
}

function matchFaults(options: RequestOptions, match: string): FieldError[] {
  const { resourceVersion = '' } = options
  const faults: FieldError[] = []
  if (resourceVersion === '')
    faults.push(forbiddenMatch('resourceVersionMatch is forbidden unless resourceVersion is provided'))
  if (options.continue) faults.push(forbiddenMatch('resourceVersionMatch is forbidden when continue is provided'))
  if (match !== 'Exact' && match !== 'NotOlderThan') faults.push(unsupportedMatch(match, ['Exact', 'NotOlderThan', '']))
  if (match === 'Exact' && resourceVersion === '0') {
    faults.push(forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  return faults
}

function watchFaults(options: RequestOptions): FieldError[] {
  const { resourceVersionMatch: match = '', sendInitialEvents } = options
  const faults: FieldError[] = []
  if (sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan') {
      faults.push(forbiddenMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
    }
  } else if (match !== '') {
    faults.push(forbiddenMatch('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
  }
  if (match !== '' && match !== 'NotOlderThan') faults.push(unsupportedMatch(match, ['NotOlderThan']))
  if (match !== '' && options.continue)
    faults.push(forbiddenMatch('resourceVersionMatch is forbidden when continue is provided'))
  return faults
}

/**
 * A watch from any version begins with what exists, and says when that was all: as if it had been asked for by the
 * newer words.
 */
export function withWatchDefaults(options: RequestOptions): RequestOptions {
  const { sendInitialEvents, resourceVersionMatch = '', resourceVersion = '' } = options
  const isOld = sendInitialEvents === undefined && resourceVersionMatch === ''
  if (!isOld || (resourceVersion !== '' && resourceVersion !== '0')) return options
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
}

/** Checks which combination of parameters a list or a watch has. @throws ApiError 422 */
export function checkListOptions(options: RequestOptions, watching: boolean): void {
  const faults = watching ? watchFaults(options) : listFaults(options)
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', faults)
}
