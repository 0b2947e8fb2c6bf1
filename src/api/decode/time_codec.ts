import { fromRfc3339, toRfc3339 } from '../../base/time.ts'
import type { Codec } from './codec.ts'
import { DecodeError } from './state.ts'

const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00'
const MICRO_TIME_LAYOUT = '2006-01-02T15:04:05.000000Z07:00'
const ZERO_TIME = '0001-01-01T00:00:00Z'

/** The parts of the layouts as Go names them in messages, and what each takes. */
const PARTS: readonly (readonly [layout: string, form: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
]
const FRACTION = /^[.,]\d+/
const MICRO_FRACTION: readonly [string, RegExp] = ['.000000', /^[.,]\d{6}/]
const ZONE: readonly [string, RegExp] = ['Z07:00', /^(Z|[+-]\d\d:\d\d)/]

interface TimeForm {
  readonly layout: string
  readonly micro: boolean
}

/** Go's own words for a text that is not of the layout. */
function timeFault(text: string, form: TimeForm): string {
  const start = `parsing time ${JSON.stringify(text)} as "${form.layout}": `
  let rest = text
  const parts = form.micro ? [...PARTS, MICRO_FRACTION, ZONE] : [...PARTS, ZONE]
  for (const part of parts) {
    if (part === ZONE && !form.micro) rest = rest.replace(FRACTION, '')
    const found = part[1].exec(rest)
    if (found === null) return `${start}cannot parse ${JSON.stringify(rest)} as "${part[0]}"`
    rest = rest.slice(found[0].length)
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`
  return `parsing time ${JSON.stringify(text)}: ${outOfRange(text)} out of range`
}

function outOfRange(text: string): string {
  const [month = 0, , hour = 0, minute = 0, second = 0] = [5, 8, 11, 14, 17].map((at) => Number(text.slice(at, at + 2)))
  if (month < 1 || month > 12) return 'month'
  if (hour > 23) return 'hour'
  if (minute > 59) return 'minute'
  if (second > 59) return 'second'
  return 'day'
}

const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/
const ANY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/
const MICRO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{6}(Z|[+-]\d\d:\d\d)$/

/**
 * Times as this server writes them, of which a status is full: they are what they will be, and reading and writing each
 * of them anew was a fifteenth of the work for a status. The 29th of February goes the long way.
 */
const CLOCK = /T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d/.source
const MONTH_AND_DAY = /(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)/
  .source
const NORMAL = new RegExp(`^[1-9]\\d{3}-${MONTH_AND_DAY}${CLOCK}Z$`)
const NORMAL_MICRO = new RegExp(`^[1-9]\\d{3}-${MONTH_AND_DAY}${CLOCK}\\.\\d{6}Z$`)

/** The text in UTC; undefined for Go's zero time. Throws a DecodeError when it is no time. */
function normalTime(text: string, form: TimeForm): string | undefined {
  if ((form.micro ? NORMAL_MICRO : NORMAL).test(text)) return text
  const seconds = SECONDS.exec(text)?.[0] ?? ''
  const asUtc = fromRfc3339(`${seconds}Z`)
  const real = (form.micro ? MICRO : ANY).test(text) && asUtc !== undefined && toRfc3339(asUtc) === `${seconds}Z`
  if (!real) throw new DecodeError(timeFault(text, form))
  const utc = text.endsWith('Z') ? `${seconds}Z` : toRfc3339(fromRfc3339(seconds + text.slice(-6)) ?? 0)
  if (utc === ZERO_TIME) return undefined
  return form.micro ? `${utc.slice(0, -1)}.${text.slice(20, 26)}Z` : utc
}

/** A time out of a query, in UTC; undefined for Go's zero time. @throws DecodeError when it is none */
export const timeOf = (text: string): string | undefined => normalTime(text, { layout: TIME_LAYOUT, micro: false })

function timeCodec(goType: string, form: TimeForm): Codec {
  return {
    goType,
    struct: true,
    decode(value, state) {
      if (typeof value !== 'string') return state.abortMismatch(value, 'string')
      try {
        return normalTime(value, form)
      } catch (thrown) {
        if (thrown instanceof DecodeError) return state.abort(thrown.message)
        throw thrown
      }
    },
    zero: () => null,
    isEmpty: () => false,
  }
}

/** `metav1.Time`: whole seconds, in UTC. */
export const secondsCodec = timeCodec('v1.Time', { layout: TIME_LAYOUT, micro: false })
/** `metav1.MicroTime`: always six digits behind the point. */
export const microTimeCodec = timeCodec('v1.MicroTime', { layout: MICRO_TIME_LAYOUT, micro: true })
