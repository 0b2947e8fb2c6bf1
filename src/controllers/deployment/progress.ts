import type { Deployment, DeploymentStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { type Condition, conditionOf, PAUSED, ROLLED_OUT, retell, TIMED_OUT, tell, without } from './conditions.ts'
import { DEADLINE_GRACE_MS } from './limits.ts'
import type { SizedSet } from './sized_set.ts'
import { hasDeadline, isComplete } from './strategy.ts'

interface ProgressInput {
  readonly deployment: Deployment
  /** The name of the newest set, also of one that is only to be made. */
  readonly newestName: string | undefined
  readonly now: Millis
}

/** The status of a roll-out with what it says of its progress: that it goes on, is done or takes too long. */
export function withProgress(status: DeploymentStatus, input: ProgressInput): DeploymentStatus {
  const { deployment } = input
  const conditions = status.conditions ?? []
  if (!hasDeadline(deployment)) return { ...status, conditions: [...without(conditions, 'Progressing')] }
  const known = conditionOf(conditions, 'Progressing')
  if (status.replicas === status.updatedReplicas && known?.reason === ROLLED_OUT) return status
  return { ...status, conditions: [...progressOf(status, input)] }
}

function progressOf(status: DeploymentStatus, { deployment, newestName, now }: ProgressInput): readonly Condition[] {
  const conditions = status.conditions ?? []
  const subject = newestName === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newestName}"`
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`
    return tell(conditions, 'Progressing', { now, status: 'True', reason: ROLLED_OUT, message })
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const message = `${subject} is progressing.`
    return retell(conditions, 'Progressing', { now, status: 'True', reason: 'ReplicaSetUpdated', message })
  }
  if ((deadlineInMs(deployment, conditions, now) ?? 0) < 0) {
    const message = `${subject} has timed out progressing.`
    return tell(conditions, 'Progressing', { now, status: 'False', reason: TIMED_OUT, message })
  }
  return conditions
}

/** More new pods, fewer old ones, or more that serve. */
function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

/** How long the roll-out may still go without progress; undefined when nobody waits for any. */
function deadlineInMs(deployment: Deployment, conditions: readonly Condition[], now: Millis): Millis | undefined {
  const known = conditionOf(conditions, 'Progressing')
  if (known === undefined || known.reason === ROLLED_OUT || known.reason === TIMED_OUT) return undefined
  return (fromRfc3339(known.lastUpdateTime) ?? now) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 - now
}

/** When to look whether the roll-out is late. */
export function lookForDeadlineMs(deployment: Deployment, status: DeploymentStatus, now: Millis): Millis | undefined {
  if (!hasDeadline(deployment) || isComplete(deployment, status)) return undefined
  const remaining = deadlineInMs(deployment, status.conditions ?? [], now)
  return remaining === undefined ? undefined : Math.max(0, remaining) + DEADLINE_GRACE_MS
}

/** Pausing stops the clock of the progress deadline, resuming starts it anew. */
export function withPause({ spec }: Deployment, conditions: readonly Condition[], now: Millis): readonly Condition[] {
  const reason = conditionOf(conditions, 'Progressing')?.reason
  if (reason === TIMED_OUT || (spec.paused === true) === (reason === PAUSED)) return conditions
  const told = spec.paused
    ? { reason: PAUSED, message: 'Deployment is paused' }
    : { reason: 'DeploymentResumed', message: 'Deployment is resumed' }
  return tell(conditions, 'Progressing', { now, status: 'Unknown', ...told })
}

/** A newest set that is there already, or that is to be made, is the first thing to tell of a roll-out. */
export function withNewest(
  conditions: readonly Condition[],
  { name, isNew, now }: { readonly name: string; readonly isNew: boolean; readonly now: Millis },
): readonly Condition[] {
  if (isNew) {
    const message = `Created new replica set "${name}"`
    return tell(conditions, 'Progressing', { now, status: 'True', reason: 'NewReplicaSetCreated', message })
  }
  if (conditionOf(conditions, 'Progressing') !== undefined) return conditions
  const message = `Found new replica set "${name}"`
  return tell(conditions, 'Progressing', { now, status: 'True', reason: 'FoundNewReplicaSet', message })
}

/** What keeps a set from having its pods is told of the Deployment, of the newest set first. */
export function withFailures(
  conditions: readonly Condition[],
  sets: readonly (SizedSet | undefined)[],
): readonly Condition[] {
  const failure = sets
    .flatMap((sized) => sized?.set.status?.conditions ?? [])
    .find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  if (failure === undefined) return without(conditions, 'ReplicaFailure')
  const { lastTransitionTime, message = '', reason = '' } = failure
  const known = conditionOf(conditions, 'ReplicaFailure')
  if (known?.reason === reason) return conditions
  const at = lastTransitionTime === undefined ? {} : { lastTransitionTime, lastUpdateTime: lastTransitionTime }
  return [...without(conditions, 'ReplicaFailure'), { type: 'ReplicaFailure', status: 'True', reason, message, ...at }]
}
