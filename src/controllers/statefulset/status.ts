import { isPodEnding } from '../../api/pod_state.ts'
import type { Pod, StatefulSet, StatefulSetStatus } from '../../api/types.ts'
import { replicasOf, revisionOf } from './identity.ts'
import { type Availability, isCreated, isRunningAndAvailable, isRunningAndReady } from './pod_health.ts'
import type { RevisionDecision } from './revisions.ts'

/** What the status of a set is made from. */
export interface StatusInput {
  readonly set: StatefulSet
  /** The set's pods that have a place or are condemned. */
  readonly pods: readonly Pod[]
  readonly revisions: RevisionDecision
  readonly availability: Availability
}

type Counts = Required<
  Pick<StatefulSetStatus, 'replicas' | 'readyReplicas' | 'availableReplicas' | 'currentReplicas' | 'updatedReplicas'>
>

/** The status, counted anew from what is seen; undefined if the set has it already. */
export function decideStatus(input: StatusInput): StatefulSetStatus | undefined {
  const status = completed(input, statusOf(input))
  return saysSomethingNew(status, input.set) ? status : undefined
}

/** How many pods will be available is never asked here: a set is complete when its pods are ready. */
function completed({ set }: StatusInput, status: StatefulSetStatus): StatefulSetStatus {
  const { replicas, readyReplicas = 0, updatedReplicas = 0, updateRevision, currentRevision } = status
  const isRolling = set.spec.updateStrategy?.type !== 'OnDelete'
  const isComplete = [replicas, readyReplicas, updatedReplicas].every((count) => count === replicasOf(set))
  if (!isRolling || !isComplete || updateRevision === undefined || updateRevision === currentRevision) return status
  return withoutZeros(
    { ...status, currentRevision: updateRevision },
    { ...countsOf(status), currentReplicas: updatedReplicas },
  )
}

function statusOf({ set, pods, revisions, availability }: StatusInput): StatefulSetStatus {
  const counts = countPods(pods, revisions, availability)
  const status = {
    replicas: counts.replicas,
    observedGeneration: set.metadata.generation ?? 0,
    currentRevision: revisions.current.name,
    updateRevision: revisions.update.name,
    collisionCount: revisions.collisionCount,
  }
  return withoutZeros(status, counts)
}

function countPods(pods: readonly Pod[], revisions: RevisionDecision, availability: Availability): Counts {
  const counts = { replicas: 0, readyReplicas: 0, availableReplicas: 0, currentReplicas: 0, updatedReplicas: 0 }
  for (const pod of pods) {
    if (isCreated(pod)) counts.replicas++
    if (isRunningAndReady(pod)) counts.readyReplicas++
    if (isRunningAndAvailable(pod, availability)) counts.availableReplicas++
    if (!isCreated(pod) || isPodEnding(pod)) continue
    if (revisionOf(pod) === revisions.current.name) counts.currentReplicas++
    if (revisionOf(pod) === revisions.update.name) counts.updatedReplicas++
  }
  return counts
}

const countsOf = (status: StatefulSetStatus): Counts => ({
  replicas: status.replicas,
  readyReplicas: status.readyReplicas ?? 0,
  availableReplicas: status.availableReplicas ?? 0,
  currentReplicas: status.currentReplicas ?? 0,
  updatedReplicas: status.updatedReplicas ?? 0,
})

/** `replicas` and `availableReplicas` are always shown, the other counts only if they are not 0. */
function withoutZeros(status: StatefulSetStatus, counts: Counts): StatefulSetStatus {
  const { readyReplicas, currentReplicas, updatedReplicas, replicas, availableReplicas } = counts
  const { readyReplicas: _r, currentReplicas: _c, updatedReplicas: _u, ...rest } = status
  return {
    ...rest,
    replicas,
    availableReplicas,
    ...(readyReplicas === 0 ? {} : { readyReplicas }),
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(updatedReplicas === 0 ? {} : { updatedReplicas }),
  }
}

/** A new collision count alone is not worth a write. */
function saysSomethingNew(status: StatefulSetStatus, { status: old }: StatefulSet): boolean {
  if (old === undefined || (status.observedGeneration ?? 0) > (old.observedGeneration ?? 0)) return true
  const [before, after] = [countsOf(old), countsOf(status)]
  const differs = (Object.keys(after) as (keyof Counts)[]).some((name) => before[name] !== after[name])
  return differs || status.currentRevision !== old.currentRevision || status.updateRevision !== old.updateRevision
}
