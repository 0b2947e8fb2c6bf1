import type { NodeInfo, SchedulingContext, Score } from './framework.ts'
import { balancedAllocation } from './scores/balanced_allocation.ts'
import { evenSpread } from './scores/even_spread.ts'
import { imageLocality } from './scores/image_locality.ts'
import { leastAllocated } from './scores/least_allocated.ts'
import { preferredNodeAffinity } from './scores/preferred_node_affinity.ts'
import { preferredPodAffinity } from './scores/preferred_pod_affinity.ts'
import { preferredTaints } from './scores/preferred_taints.ts'

const SCORES: readonly Score[] = [
  preferredTaints,
  preferredNodeAffinity,
  leastAllocated,
  balancedAllocation,
  evenSpread,
  preferredPodAffinity,
  imageLocality,
]

/** Points that nobody can tell apart are equal. */
const POINTS_APART = 1e-6

/** The best of the nodes that will do; among equals `draw`, a fraction, decides. */
export function bestNode(context: SchedulingContext, nodes: readonly NodeInfo[], draw: number): NodeInfo | undefined {
  if (nodes.length <= 1) return nodes[0]
  const totals = nodes.map(() => 0)
  for (const score of SCORES) {
    const points = scaled(
      score,
      nodes.map((info) => score.points(context, info)),
    )
    for (const [at, one] of points.entries()) totals[at] = (totals[at] ?? 0) + one * score.weight
  }
  const most = Math.max(...totals)
  const equals = nodes.filter((_, at) => most - (totals[at] ?? 0) < POINTS_APART)
  return equals[Math.floor(draw * equals.length)]
}

/** Brings raw points to 0–100, more being better. */
function scaled({ scale }: Score, points: readonly number[]): readonly number[] {
  const most = Math.max(...points)
  const least = Math.min(...points)
  switch (scale) {
    case 'none':
      return points
    case 'most':
      return points.map((one) => (most === 0 ? 0 : (one * 100) / most))
    case 'least':
      return points.map((one) => (most === 0 ? 100 : 100 - (one * 100) / most))
    case 'range':
      return points.map((one) => (most === least ? 0 : ((one - least) * 100) / (most - least)))
  }
}
