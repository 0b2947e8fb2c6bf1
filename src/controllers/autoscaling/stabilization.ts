import type { Millis } from '../../base/clock.ts'
import { DOWN_STABILIZATION_MS } from './limits.ts'
import type { Recommendation } from './memory.ts'

/** How far back recommendations count, by direction. */
export interface Windows {
  readonly upMs: Millis
  readonly downMs: Millis
}

/** Of an autoscaler without behaviour of its own. */
export const DEFAULT_WINDOWS: Windows = { upMs: 0, downMs: DOWN_STABILIZATION_MS }

export interface Stabilized {
  readonly replicas: number
  readonly reason: string
  readonly message: string
}

const UP_HELD = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const DOWN_HELD = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }

/**
 * A wish counts only as far as all recent ones went: up as far as the lowest, down as far as the
 * highest of their window, so that a number that goes to and fro moves nothing.
 */
export function stabilized(
  wanted: number,
  replicas: number,
  known: { readonly recommendations: readonly Recommendation[]; readonly windows: Windows; readonly now: Millis },
): Stabilized {
  const { recommendations, windows, now } = known
  const within = (ms: Millis) => recommendations.filter(({ at }) => at > now - ms).map((one) => one.replicas)
  const lowest = Math.min(wanted, ...within(windows.upMs))
  const highest = Math.max(wanted, ...within(windows.downMs))
  const held = Math.min(Math.max(replicas, lowest), highest)
  if (held === wanted) return { replicas: held, ...READY }
  return { replicas: held, ...(wanted >= replicas ? UP_HELD : DOWN_HELD) }
}

/** Without behaviour of its own: up at once, down as far as the highest recent recommendation. */
export function stabilizedByDefault(
  wanted: number,
  known: { readonly recommendations: readonly Recommendation[]; readonly now: Millis },
): Stabilized {
  const recent = known.recommendations.filter(({ at }) => at >= known.now - DEFAULT_WINDOWS.downMs)
  const replicas = Math.max(wanted, ...recent.map((one) => one.replicas))
  return { replicas, ...(replicas === wanted ? READY : DOWN_HELD) }
}

/** The recommendations with the newest, without those that no window reaches. */
export function remembered(
  recommendations: readonly Recommendation[],
  newest: Recommendation,
  { upMs, downMs }: Windows,
): readonly Recommendation[] {
  const oldest = newest.at - Math.max(upMs, downMs)
  return [...recommendations.filter(({ at }) => at >= oldest), newest]
}
