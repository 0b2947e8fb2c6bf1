import { assumedRequest, totalsOf } from '../../api/pod_requests.ts'
import type { Pod } from '../../api/types.ts'
import type { NodeInfo, Score } from '../framework.ts'

/** Prefers nodes with more CPU and memory left. */
export const leastAllocated: Score = {
  name: 'NodeResourcesFit',
  weight: 1,
  scale: 'none',
  points: ({ pod }, info) => {
    const left = usedFractions(pod, info).map((used) => Math.max(0, 1 - used) * 100)
    return left.reduce((sum, one) => sum + one, 0) / Math.max(1, left.length)
  },
}

/** The part of CPU and of memory that would be taken with the pod there; what the node does not have is left out. */
export function usedFractions(pod: Pod, { node, tally }: NodeInfo): readonly number[] {
  const allocatable = totalsOf(node.status?.allocatable)
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const most = allocatable.get(resource) ?? 0
    if (most === 0) return []
    return [(tally.usual[resource] + assumedRequest(pod, resource)) / most]
  })
}
