import type { Score } from '../framework.ts'
import { toleratesTaint } from '../tolerations.ts'

/** Prefers nodes with fewer taints that say "rather not" to this pod. */
export const preferredTaints: Score = {
  name: 'TaintToleration',
  weight: 3,
  scale: 'least',
  points: ({ pod }, { node }) =>
    (node.spec?.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(pod, taint))
      .length,
}
