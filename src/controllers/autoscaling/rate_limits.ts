import type { Millis } from '../../base/clock.ts'
import type { ScalingRules } from './autoscaler.ts'
import { UP_FACTOR_MAX, UP_REPLICAS_LEAST } from './limits.ts'
import type { Memory, ScaleEvent } from './memory.ts'

/** The bounds of one step. */
export interface StepLimits {
  readonly replicas: number
  readonly min: number
  readonly max: number
}

/** How many replicas there will be, and what kept the wish from being met, if anything did. */
export interface Bounded {
  readonly replicas: number
  readonly reason: string
  readonly message: string
}

const UP_TOO_FAST = [
  'ScaleUpLimit',
  'the desired replica count is increasing faster than the maximum scale rate',
] as const
const DOWN_TOO_FAST = [
  'ScaleDownLimit',
  'the desired replica count is decreasing faster than the maximum scale rate',
] as const
const TOO_MANY = ['TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const
const TOO_FEW = ['TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const

const bounded = (replicas: number, [reason, message]: readonly [string, string]): Bounded => ({
  replicas,
  reason,
  message,
})

const asWished = (replicas: number): Bounded =>
  bounded(replicas, ['DesiredWithinRange', 'the desired count is within the acceptable range'])

/** Without behaviour of its own: between the bounds, and upwards not too fast. */
export function boundedByDefault(wanted: number, { replicas, min, max }: StepLimits): Bounded {
  const fastest = Math.max(UP_FACTOR_MAX * replicas, UP_REPLICAS_LEAST)
  if (wanted < min) return bounded(min, TOO_FEW)
  if (max > fastest && wanted > fastest) return bounded(fastest, UP_TOO_FAST)
  return wanted > max ? bounded(max, TOO_MANY) : asWished(wanted)
}

/** What the policies of an autoscaler say. */
export interface Policies {
  readonly up: ScalingRules
  readonly down: ScalingRules
  readonly memory: Memory
  readonly now: Millis
}

/** Between the bounds, and in each direction not faster than its policies allow. */
export function boundedByPolicies(wanted: number, step: StepLimits, policies: Policies): Bounded {
  const { replicas, min, max } = step
  if (wanted > replicas) {
    const limit = Math.max(replicas, upLimit(replicas, policies))
    const most = Math.min(max, limit)
    return wanted > most ? bounded(most, max > limit ? UP_TOO_FAST : TOO_MANY) : asWished(wanted)
  }
  if (wanted < replicas) {
    const limit = Math.min(replicas, downLimit(replicas, policies))
    const least = Math.max(min, limit)
    return wanted < least ? bounded(least, min < limit ? DOWN_TOO_FAST : TOO_FEW) : asWished(wanted)
  }
  return asWished(wanted)
}

function upLimit(replicas: number, { up, memory, now }: Policies): number {
  if (up.selectPolicy === 'Disabled') return replicas
  const allowed = (up.policies ?? []).map(({ type, value, periodSeconds }) => {
    const before =
      replicas - changeWithin(memory.ups, periodSeconds, now) + changeWithin(memory.downs, periodSeconds, now)
    return type === 'Pods' ? before + value : Math.ceil(before * (1 + value / 100))
  })
  return up.selectPolicy === 'Min' ? Math.min(...allowed) : Math.max(...allowed)
}

function downLimit(replicas: number, { down, memory, now }: Policies): number {
  if (down.selectPolicy === 'Disabled') return replicas
  const allowed = (down.policies ?? []).map(({ type, value, periodSeconds }) => {
    const before =
      replicas + changeWithin(memory.downs, periodSeconds, now) - changeWithin(memory.ups, periodSeconds, now)
    return type === 'Pods' ? before - value : Math.trunc(before * (1 - value / 100))
  })
  return down.selectPolicy === 'Min' ? Math.max(...allowed) : Math.min(...allowed)
}

const changeWithin = (events: readonly ScaleEvent[], periodSeconds: number, now: Millis): number =>
  events.reduce((sum, { change, at }) => (at > now - periodSeconds * 1000 ? sum + change : sum), 0)

/** How far back any policy looks. */
export const longestPeriodMs = (...rules: readonly (ScalingRules | undefined)[]): Millis =>
  1000 * Math.max(0, ...rules.flatMap((one) => (one?.policies ?? []).map(({ periodSeconds }) => periodSeconds)))
