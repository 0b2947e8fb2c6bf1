import type { Millis } from '../../base/clock.ts'
import { RESTART_BACK_OFF_FIRST_MS, RESTART_BACK_OFF_MOST_MS, RESTART_BACK_OFF_RESET_MS } from '../limits.ts'

/** How long the next restart of a container has to wait, counted from the end of its last run. */
export interface BackOff {
  readonly delayMs: Millis
  readonly since: Millis
}

/**
 * When a container that ended at `endedAt` may start again. Without an earlier restart: at once.
 *
 *     crash 1 → at once, crash 2 → 10 s, crash 3 → 20 s … 300 s; after ten quiet minutes: at once
 */
export function restartAt(backOff: BackOff | undefined, endedAt: Millis): Millis {
  if (backOff === undefined || hasExpired(backOff, endedAt)) return endedAt
  return endedAt + backOff.delayMs
}

/** The back-off after a restart at `now` of a container that had ended at `endedAt`. */
export function nextBackOff(backOff: BackOff | undefined, endedAt: Millis, now: Millis): BackOff {
  if (backOff === undefined || hasExpired(backOff, endedAt)) return { delayMs: RESTART_BACK_OFF_FIRST_MS, since: now }
  return { delayMs: Math.min(backOff.delayMs * 2, RESTART_BACK_OFF_MOST_MS), since: now }
}

const hasExpired = (backOff: BackOff, endedAt: Millis): boolean => endedAt - backOff.since > RESTART_BACK_OFF_RESET_MS

/** The wait before the next try of something that failed `failuresBefore` times already. */
export function retryDelay(failuresBefore: number, firstMs: Millis, mostMs: Millis): Millis {
  return Math.min(firstMs * 2 ** Math.min(failuresBefore, 30), mostMs)
}

/** As Go prints a duration: `10s`, `2m40s`, `5m0s`. */
export function goDuration(ms: Millis): string {
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes === 0) return `${seconds}s`
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes}m${seconds % 60}s` : `${hours}h${minutes % 60}m${seconds % 60}s`
}
