import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'

const SECONDS_A_MINUTE = 60
const SECONDS_AN_HOUR = 3600
const HOURS_A_DAY = 24
const DAYS_A_YEAR = 365

/** How long ago, as `kubectl get` prints ages: `45s`, `3m20s`, `2d4h`, `10y`. */
export function humanDuration(durationMs: Millis): string {
  const seconds = Math.trunc(durationMs / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * SECONDS_A_MINUTE) return `${seconds}s`
  const minutes = Math.trunc(seconds / SECONDS_A_MINUTE)
  if (minutes < 10) return two(minutes, 'm', seconds % SECONDS_A_MINUTE, 's')
  if (minutes < 3 * 60) return `${minutes}m`
  const hours = Math.trunc(seconds / SECONDS_AN_HOUR)
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 2 * HOURS_A_DAY) return `${hours}h`
  return longDuration(hours)
}

function longDuration(hours: number): string {
  const days = Math.trunc(hours / HOURS_A_DAY)
  if (hours < 8 * HOURS_A_DAY) return two(days, 'd', hours % HOURS_A_DAY, 'h')
  if (days < 2 * DAYS_A_YEAR) return `${days}d`
  const years = Math.trunc(days / DAYS_A_YEAR)
  if (years < 8) return two(years, 'y', days % DAYS_A_YEAR, 'd')
  return `${years}y`
}

const two = (first: number, firstUnit: string, second: number, secondUnit: string): string =>
  second === 0 ? `${first}${firstUnit}` : `${first}${firstUnit}${second}${secondUnit}`

/** The age of a moment on an object; `<unknown>` if there is none. */
export function ageOf(time: string | null | undefined, now: Millis): string {
  const at = fromRfc3339(time ?? undefined)
  return at === undefined ? '<unknown>' : humanDuration(now - at)
}
