import { matchesLabels } from '../../api/selector_match.ts'
import type { Pod, ReplicaSet, ReplicaSetStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { isPodActive, isPodTerminating, nextAvailableInMs } from '../runtime/workload/availability.ts'
import { POD_BURST_MAX } from '../runtime/workload/limits.ts'
import { type Claimed, claim } from '../runtime/workload/ownership.ts'
import { leastMissed } from './least_missed.ts'
import { statusOf } from './status.ts'

export interface ReplicaSetView {
  readonly set: ReplicaSet
  /** The pods that the set controls, and those of its namespace that nobody controls. */
  readonly candidates: readonly Pod[]
  /** The pods of all sets with the same owner, the set's own among them: they should stay spread. */
  readonly relatives: readonly Pod[]
  readonly now: Millis
}

export interface ReplicaSetPlan {
  readonly claimed: Claimed<Pod>
  readonly create: number
  readonly remove: readonly Pod[]
  /** The status as long as nothing fails. */
  readonly status: ReplicaSetStatus
  readonly lookAgainMs: Millis | undefined
}

/** Brings the number of pods to what the set wants. Pure. */
export function decideReplicaSet(view: ReplicaSetView): ReplicaSetPlan {
  const { set, candidates, now } = view
  const matches = (pod: Pod) => matchesLabels(set.spec.selector, pod.metadata.labels)
  const claimed = claim(
    set,
    candidates.filter((pod) => isPodActive(pod) || isPodTerminating(pod)),
    matches,
  )
  const active = claimed.own.filter(isPodActive)
  const surplus = active.length - (set.spec.replicas ?? 1)
  const isEnding = set.metadata.deletionTimestamp !== undefined
  const remove = isEnding || surplus <= 0 ? [] : leastMissed(active, view).slice(0, Math.min(surplus, POD_BURST_MAX))
  return {
    claimed: { ...claimed, release: claimed.release.filter(isPodActive) },
    create: isEnding ? 0 : Math.min(Math.max(0, -surplus), POD_BURST_MAX),
    remove,
    status: statusOf(set, active, { terminating: claimed.own.length - active.length, now }),
    lookAgainMs: nextAvailableInMs(active, set.spec.minReadySeconds ?? 0, now),
  }
}
