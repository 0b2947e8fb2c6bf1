import { isPodReady } from '../../api/pod_state.ts'
import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { isPodActive, readySince } from '../runtime/workload/availability.ts'

/** On a pod: what its deletion costs compared with that of the set's other pods. */
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

interface Surroundings {
  readonly relatives: readonly Pod[]
  readonly now: Millis
}

/**
 * Pods in the order in which they should go: those that do the least, that cost the least, that have
 * the most relatives on their node, that are the youngest. Ages count by their order of magnitude.
 */
export function leastMissed(pods: readonly Pod[], { relatives, now }: Surroundings): readonly Pod[] {
  const crowd = new Map<string, number>()
  for (const { spec } of relatives.filter(isPodActive)) {
    const node = spec.nodeName ?? ''
    crowd.set(node, (crowd.get(node) ?? 0) + 1)
  }
  const rank = (pod: Pod): readonly number[] => [
    pod.spec.nodeName ? 1 : 0,
    phaseRank(pod),
    isPodReady(pod) ? 1 : 0,
    deletionCost(pod),
    -(crowd.get(pod.spec.nodeName ?? '') ?? 0),
    isPodReady(pod) ? magnitude(now - (readySince(pod) ?? now)) : 0,
    -restarts(pod),
    magnitude(now - (fromRfc3339(pod.metadata.creationTimestamp) ?? now)),
  ]
  return pods
    .map((pod) => ({ pod, rank: rank(pod) }))
    .sort((a, b) => compareRanks(a.rank, b.rank) || (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1))
    .map(({ pod }) => pod)
}

const phaseRank = (pod: Pod): number => ({ Pending: 0, Running: 2 })[pod.status?.phase as 'Pending' | 'Running'] ?? 1

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[DELETION_COST] ?? 0)
  return Number.isInteger(cost) ? cost : 0
}

const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount))

const magnitude = (ageMs: Millis): number => Math.floor(Math.log2(Math.max(1, ageMs / 1000)))

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [at, left] of a.entries()) {
    const difference = left - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
