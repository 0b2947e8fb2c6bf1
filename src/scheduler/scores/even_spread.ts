import { controllerUidOf } from '../controller_uid.ts'
import { constraintsOf, domainCounts } from '../filters/topology_spread.ts'
import type { NodeInfo, SchedulingContext, Score } from '../framework.ts'
import { perContext } from '../per_context.ts'
import { topologyOf } from '../pod_terms.ts'

/**
 * Prefers domains with fewer pods of the same kind: by the pod's own soft constraints, or, if it has
 * no constraints at all, nodes with fewer pods of the same controller.
 */
export const evenSpread: Score = {
  name: 'PodTopologySpread',
  weight: 2,
  scale: 'least',
  points: (context, info) => {
    if ((context.pod.spec.topologySpreadConstraints ?? []).length === 0) return siblings(context, info)
    return softConstraints(context).reduce(
      (sum, { key, counts }) => sum + (counts.get(topologyOf(info, key) ?? '') ?? 0),
      0,
    )
  },
}

const softConstraints = perContext((context) => {
  const soft = constraintsOf(context.pod, 'ScheduleAnyway')
  return soft.map((constraint) => ({ key: constraint.topologyKey, counts: domainCounts(context, constraint, soft) }))
})

function siblings({ pod }: SchedulingContext, { tally }: NodeInfo): number {
  const owner = controllerUidOf(pod)
  return owner === undefined ? 0 : tally.countOfController(owner)
}
