import type { Pod } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'

/** A condition that a subresource reports of a pod. */
export interface ReportedCondition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

/**
 * The pod's conditions with this one in them, in the place of the one of its type: it keeps its time while
 * its status stays the same. The same list when nothing changes.
 */
export function withCondition({ status }: Pod, condition: ReportedCondition, now: number): readonly object[] {
  const conditions = status?.conditions ?? []
  const at = conditions.findIndex(({ type }) => type === condition.type)
  const old = conditions[at]
  if (old === undefined) return [...conditions, timed(condition, toRfc3339(now))]
  const isSame = (['status', 'reason', 'message'] as const).every(
    (field) => (old[field] ?? '') === (condition[field] ?? ''),
  )
  if (isSame) return conditions
  const since = old.status === condition.status ? (old.lastTransitionTime ?? null) : toRfc3339(now)
  return conditions.map((one, index) => (index === at ? timed(condition, since) : one))
}

const timed = ({ type, ...rest }: ReportedCondition, lastTransitionTime: string | null) => {
  const { status, ...texts } = rest
  return { type, status, lastProbeTime: null, lastTransitionTime, ...texts }
}
