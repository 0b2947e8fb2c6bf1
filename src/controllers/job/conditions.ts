import type { Job, JobStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'

export type Condition = NonNullable<JobStatus['conditions']>[number]
type ConditionType = 'SuccessCriteriaMet' | 'FailureTarget' | 'Complete' | 'Failed' | 'Suspended'

/** Why a Job ends. */
export interface Verdict {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget'
  readonly reason: string
  readonly message: string
}

export function hasCondition({ status }: Pick<Job, 'status'>, type: ConditionType): boolean {
  return (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True')
}

export function condition(
  type: ConditionType,
  { status, reason, message, now }: { status: 'True' | 'False'; reason: string; message: string; now: Millis },
): Condition {
  const at = toRfc3339(now)
  return { type, status, lastProbeTime: at, lastTransitionTime: at, reason, message }
}

/** The condition by which a Job is over. */
export const finishOf = ({ status }: Job): Condition | undefined =>
  status?.conditions?.find(({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True')

/** What an earlier decision said of how the Job ends; it is not thought over. */
export function verdictOf({ status }: Job): Verdict | undefined {
  const found = status?.conditions?.find(
    ({ type, status: value }) => (type === 'SuccessCriteriaMet' || type === 'FailureTarget') && value === 'True',
  )
  if (found === undefined) return undefined
  const { reason = '', message = '' } = found
  return { type: found.type === 'FailureTarget' ? 'FailureTarget' : 'SuccessCriteriaMet', reason, message }
}
