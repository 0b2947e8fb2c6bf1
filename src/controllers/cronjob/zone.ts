import type { Millis } from '../../base/clock.ts'

/** What a clock on the wall shows. */
interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', second: 'numeric', ...parts })
  formats.set(zone, format)
  return format
}

/** How far a zone's clocks are ahead of UTC at a moment. */
function offsetAt(moment: Millis, zone: string): Millis {
  if (zone === 'UTC') return 0
  const parts = new Map(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const of = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return wall - Math.floor(moment / 1_000) * 1_000
}

export function localTime(moment: Millis, zone: string): LocalTime {
  const wall = new Date(moment + offsetAt(moment, zone))
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() }
}

/** The moment at which a zone's clocks show a time, given as if it were UTC; undefined if they never do. */
export function momentOf(wall: Millis, zone: string): Millis | undefined {
  const first = wall - offsetAt(wall, zone)
  const moment = wall - offsetAt(first, zone)
  return moment + offsetAt(moment, zone) === wall ? moment : undefined
}

/** Whether there is a zone of this name. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}
