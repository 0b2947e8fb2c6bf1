import type { Millis } from '../../base/clock.ts'

/** When something is to run. */
export type Schedule = { readonly every: Millis } | { readonly fields: Fields }

/** The values that each field allows; a day has to fit both fields unless one of them begins with `*`. */
interface Fields {
  readonly minute: ReadonlySet<number>
  readonly hour: ReadonlySet<number>
  readonly dayOfMonth: ReadonlySet<number>
  readonly month: ReadonlySet<number>
  readonly dayOfWeek: ReadonlySet<number>
  readonly anyDayOfMonth: boolean
  readonly anyDayOfWeek: boolean
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const SHORTHANDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** Reads a schedule in the five fields of cron, or one of its shorthands; undefined if it is none. */
export function parseSchedule(text: string): Schedule | undefined {
  const every = /^@every\s+(.+)$/.exec(text.trim())
  if (every !== null) return parseEvery(every[1] ?? '')
  const parts = (SHORTHANDS[text.trim()] ?? text).trim().split(/\s+/)
  if (parts.length !== 5) return undefined
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = parts.map((part) => part.toLowerCase())
  const minute = parseField(minutes, { from: 0, to: 59, names: [] })
  const hour = parseField(hours, { from: 0, to: 23, names: [] })
  const dayOfMonth = parseField(days, { from: 1, to: 31, names: [] })
  const month = parseField(months, { from: 1, to: 12, names: MONTHS })
  const dayOfWeek = parseField(weekdays, { from: 0, to: 6, names: DAYS })
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return undefined
  const isAny = (part: string) => /^[*?]/.test(part)
  return {
    fields: { minute, hour, dayOfMonth, month, dayOfWeek, anyDayOfMonth: isAny(days), anyDayOfWeek: isAny(weekdays) },
  }
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 }

function parseEvery(text: string): Schedule | undefined {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)]
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0)
  return { every: Math.max(1_000, Math.floor(ms / 1_000) * 1_000) }
}

interface Range {
  readonly from: number
  readonly to: number
  readonly names: readonly string[]
}

function parseField(text: string, range: Range): ReadonlySet<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const added = parsePart(part, range)
    if (added === undefined) return undefined
    for (const value of added) values.add(value)
  }
  return values
}

/** `*`, `5`, `1-5`, each with `/2` behind it; `5/2` means from 5 to the end. */
function parsePart(part: string, range: Range): readonly number[] | undefined {
  const [span = '', step, ...more] = part.split('/')
  const [first = '', last, ...others] = span.split('-')
  if (more.length > 0 || others.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return undefined
  const isAny = span === '*' || span === '?'
  const low = isAny ? range.from : numberOf(first, range)
  const high = isAny || (last === undefined && step !== undefined) ? range.to : numberOf(last ?? first, range)
  if (low === undefined || high === undefined || low < range.from || high > range.to || low > high) return undefined
  const by = Number(step ?? 1)
  return Array.from({ length: Math.floor((high - low) / by) + 1 }, (_, at) => low + at * by)
}

function numberOf(text: string, { names, from }: Range): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const at = names.indexOf(text)
  return at < 0 ? undefined : at + from
}

/** Whether a day of some month and week is one of the schedule's. */
export function isDayOf(fields: Fields, { day, weekday }: { readonly day: number; readonly weekday: number }): boolean {
  const [fitsMonth, fitsWeek] = [fields.dayOfMonth.has(day), fields.dayOfWeek.has(weekday)]
  return fields.anyDayOfMonth || fields.anyDayOfWeek ? fitsMonth && fitsWeek : fitsMonth || fitsWeek
}
