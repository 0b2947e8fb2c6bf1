import type { DeploymentStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'

export type Condition = NonNullable<DeploymentStatus['conditions']>[number]
type ConditionType = 'Progressing' | 'Available' | 'ReplicaFailure'
type Told = Pick<Condition, 'reason' | 'message'> & { readonly status: 'True' | 'False' | 'Unknown' }

/** Reasons of the Progressing condition. */
export const PAUSED = 'DeploymentPaused'
export const ROLLED_OUT = 'NewReplicaSetAvailable'
export const TIMED_OUT = 'ProgressDeadlineExceeded'
export const CREATE_FAILED = 'ReplicaSetCreateError'

export const conditionOf = (conditions: readonly Condition[], type: ConditionType): Condition | undefined =>
  conditions.find((condition) => condition.type === type)

export const without = (conditions: readonly Condition[], type: ConditionType): readonly Condition[] =>
  conditions.filter((condition) => condition.type !== type)

/** A condition that says something new goes to the end; one that says what is said already changes nothing. */
export function tell(
  conditions: readonly Condition[],
  type: ConditionType,
  { now, ...told }: Told & { readonly now: Millis },
): readonly Condition[] {
  const known = conditionOf(conditions, type)
  if (known?.status === told.status && known.reason === told.reason) return conditions
  return retell(conditions, type, { now, ...told })
}

/** As `tell`, but what is said already is said again, at the new time: there was progress. */
export function retell(
  conditions: readonly Condition[],
  type: ConditionType,
  { now, ...told }: Told & { readonly now: Millis },
): readonly Condition[] {
  const known = conditionOf(conditions, type)
  const at = toRfc3339(now)
  const lastTransitionTime = (known?.status === told.status ? known.lastTransitionTime : undefined) ?? at
  return [...without(conditions, type), { type, ...told, lastUpdateTime: at, lastTransitionTime }]
}
