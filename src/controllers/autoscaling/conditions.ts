import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Condition } from './autoscaler.ts'

/** The conditions after one of them was set; a transition is a change of its status. */
export function withCondition(
  conditions: readonly Condition[],
  set: Omit<Condition, 'lastTransitionTime'>,
  now: Millis,
): readonly Condition[] {
  const known = conditions.find(({ type }) => type === set.type)
  const since = known?.status === set.status ? known.lastTransitionTime : toRfc3339(now)
  const next: Condition = { ...set, ...(since === undefined ? {} : { lastTransitionTime: since }) }
  return known === undefined ? [...conditions, next] : conditions.map((one) => (one === known ? next : one))
}

const condition = (type: string, status: 'True' | 'False', reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
})

export const ableToScale = (reason: string, message: string) => condition('AbleToScale', 'True', reason, message)
export const notAbleToScale = (reason: string, message: string) => condition('AbleToScale', 'False', reason, message)
export const active = (reason: string, message: string) => condition('ScalingActive', 'True', reason, message)
export const inactive = (reason: string, message: string) => condition('ScalingActive', 'False', reason, message)
export const limited = (isLimited: boolean, reason: string, message: string) =>
  condition('ScalingLimited', isLimited ? 'True' : 'False', reason, message)
