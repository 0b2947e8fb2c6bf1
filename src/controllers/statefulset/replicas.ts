import type { Pod, StatefulSet } from '../../api/types.ts'
import { isInRange, ordinalOf, replicasOf, startOrdinalOf } from './identity.ts'
import type { TemplateRevision } from './new_pod.ts'
import type { RevisionDecision } from './revisions.ts'

/** The place of one ordinal that the set wants. */
export interface Slot {
  readonly ordinal: number
  readonly pod: Pod | undefined
  /** What a pod is made from if there is none. */
  readonly revision: TemplateRevision
}

export interface Replicas {
  /** In ascending order, without a gap. */
  readonly slots: readonly Slot[]
  /** Pods that the set no longer wants, highest ordinal first. */
  readonly condemned: readonly Pod[]
}

/** Puts each pod into its place; pods without an ordinal have none. */
export function arrange(set: StatefulSet, pods: readonly Pod[], revisions: RevisionDecision): Replicas {
  const byOrdinal = new Map<number, Pod>()
  const condemned: Pod[] = []
  for (const pod of pods) {
    const ordinal = ordinalOf(pod)
    if (isInRange(set, ordinal)) byOrdinal.set(ordinal, pod)
    else if (ordinal >= 0) condemned.push(pod)
  }
  const start = startOrdinalOf(set)
  const slots = Array.from({ length: replicasOf(set) }, (_, index) => ({
    ordinal: start + index,
    pod: byOrdinal.get(start + index),
    revision: isKeptAtCurrent(set, index) ? revisions.current : revisions.update,
  }))
  return { slots, condemned: condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a)) }
}

/** How many of the lowest pods a rolling update leaves alone. */
export const partitionOf = (set: StatefulSet): number => set.spec.updateStrategy?.rollingUpdate?.partition ?? 0

/**
 * Whether a new pod in this place is made from the current revision. Without `rollingUpdate` in the
 * strategy, as many of the lowest as the status counts are.
 */
function isKeptAtCurrent(set: StatefulSet, index: number): boolean {
  const strategy = set.spec.updateStrategy
  if (strategy?.rollingUpdate !== undefined) return index < partitionOf(set)
  return strategy?.type === 'RollingUpdate' && index < (set.status?.currentReplicas ?? 0)
}
