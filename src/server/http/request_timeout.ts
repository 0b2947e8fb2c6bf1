import { ApiError } from '../../api/error.ts'

/**
 * Checks `?timeout=` of a request that is not long-running. The server's own limits are kept anyway,
 * so only a text that is no duration matters.
 * @throws ApiError 400
 */
export function checkTimeout(query: URLSearchParams): void {
  const text = query.get('timeout') ?? ''
  const fault = text === '' ? undefined : durationFault(text)
  if (fault === undefined) return
  const message = `invalid timeout specified in the request URL - ${fault}`
  throw new ApiError({ code: 400, reason: 'BadRequest', message })
}

/** A number, and the unit up to the next number. */
const PART = /^(\d+\.?\d*|\.\d+)([^\d.]*)/
const UNITS = new Set(['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'])

/** Why a text is no duration such as `1h15m30.5s`. */
export function durationFault(text: string): string | undefined {
  const shown = JSON.stringify(text)
  let rest = text.replace(/^[+-]/, '')
  if (rest === '0') return undefined
  if (rest === '') return `time: invalid duration ${shown}`
  while (rest !== '') {
    const [whole, , unit = ''] = PART.exec(rest) ?? []
    if (whole === undefined) return `time: invalid duration ${shown}`
    if (unit === '') return `time: missing unit in duration ${shown}`
    if (!UNITS.has(unit)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`
    rest = rest.slice(whole.length)
  }
  return undefined
}
