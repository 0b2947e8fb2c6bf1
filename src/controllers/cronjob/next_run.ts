import type { Millis } from '../../base/clock.ts'
import { SEARCH_YEARS_MAX } from './limits.ts'
import { isDayOf, type Schedule } from './schedule.ts'
import { localTime, momentOf } from './zone.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The first run after a moment; undefined if the schedule names no day that exists. */
export function nextRun(schedule: Schedule, after: Millis, zone: string): Millis | undefined {
  if ('every' in schedule) return Math.floor(after / 1_000) * 1_000 + schedule.every
  const { fields } = schedule
  const start = localTime(after, zone)
  let day = Date.UTC(start.year, start.month - 1, start.day)
  for (const last = day + SEARCH_YEARS_MAX * 366 * DAY_MS; day < last; day += DAY_MS) {
    const date = new Date(day)
    if (!fields.month.has(date.getUTCMonth() + 1)) continue
    if (!isDayOf(fields, { day: date.getUTCDate(), weekday: date.getUTCDay() })) continue
    const found = firstOfDay(fields, day, { after, zone })
    if (found !== undefined) return found
  }
  return undefined
}

/** Clock times that a day leaves out, because clocks are set forward, are no runs. */
function firstOfDay(
  fields: { readonly hour: ReadonlySet<number>; readonly minute: ReadonlySet<number> },
  day: Millis,
  { after, zone }: { readonly after: Millis; readonly zone: string },
): Millis | undefined {
  for (const hour of [...fields.hour].sort((a, b) => a - b)) {
    for (const minute of [...fields.minute].sort((a, b) => a - b)) {
      const moment = momentOf(day + hour * 60 * MINUTE_MS + minute * MINUTE_MS, zone)
      if (moment !== undefined && moment > after) return moment
    }
  }
  return undefined
}

/** What was missed between two moments. */
export interface Missed {
  /** The last run that should have been; undefined if none. */
  readonly last: Millis | undefined
  readonly next: Millis | undefined
  readonly tooMany: boolean
}

/** The last run of `(from, now]` and the next one; more than `most` are not counted one by one. */
export function missedRuns(
  schedule: Schedule,
  {
    from,
    now,
    zone,
    most,
  }: { readonly from: Millis; readonly now: Millis; readonly zone: string; readonly most: number },
): Missed {
  let [last, count]: [Millis | undefined, number] = [undefined, 0]
  let next = nextRun(schedule, from, zone)
  while (next !== undefined && next <= now && count <= most) {
    last = next
    count++
    next = nextRun(schedule, last, zone)
  }
  if (next === undefined || next > now) return { last, next, tooMany: false }
  return { ...latest(schedule, now, zone), tooMany: true }
}

/** Looks back from now, farther and farther, so that a long pause costs no long search. */
function latest(schedule: Schedule, now: Millis, zone: string): Pick<Missed, 'last' | 'next'> {
  for (let back = MINUTE_MS; back < SEARCH_YEARS_MAX * 366 * DAY_MS; back *= 2) {
    let last = nextRun(schedule, now - back, zone)
    if (last === undefined || last > now) continue
    let next = nextRun(schedule, last, zone)
    while (next !== undefined && next <= now) {
      last = next
      next = nextRun(schedule, last, zone)
    }
    return { last, next }
  }
  return { last: undefined, next: nextRun(schedule, now, zone) }
}
