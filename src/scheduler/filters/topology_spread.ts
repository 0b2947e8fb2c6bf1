import { isWantedNode } from '../../api/node_affinity.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Pod } from '../../api/types.ts'
import { type Filter, type NodeInfo, reject, rejectFinally, type SchedulingContext } from '../framework.ts'
import { perContext } from '../per_context.ts'
import { topologyOf } from '../pod_terms.ts'
import { untoleratedTaint } from '../tolerations.ts'

export type SpreadConstraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number]

const REASON = "node(s) didn't match pod topology spread constraints"

/** Constraints that must hold: no domain may have more than `maxSkew` matching pods above the emptiest. */
export const topologySpread: Filter = (context, info) => {
  for (const { constraint, counts } of hardConstraints(context)) {
    const domain = topologyOf(info, constraint.topologyKey)
    if (domain === undefined) return rejectFinally(`${REASON} (missing required label)`)
    const itself = matches(context.pod, constraint, context.pod) ? 1 : 0
    if ((counts.get(domain) ?? 0) + itself - fewest(counts, constraint) > constraint.maxSkew) return reject(REASON)
  }
  return undefined
}

const hardConstraints = perContext((context) => {
  const hard = constraintsOf(context.pod, 'DoNotSchedule')
  return hard.map((constraint) => ({ constraint, counts: domainCounts(context, constraint, hard) }))
})

export const constraintsOf = (pod: Pod, when: SpreadConstraint['whenUnsatisfiable']): readonly SpreadConstraint[] =>
  (pod.spec.topologySpreadConstraints ?? []).filter((constraint) => constraint.whenUnsatisfiable === when)

/** Matching pods in each domain that counts. */
export function domainCounts(
  { pod, nodes }: SchedulingContext,
  constraint: SpreadConstraint,
  all: readonly SpreadConstraint[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const info of nodes) {
    const domain = topologyOf(info, constraint.topologyKey)
    if (domain === undefined || !isCounted(pod, info, constraint, all)) continue
    const found = info.tally.pods().filter((other) => isPeer(pod, constraint, other)).length
    counts.set(domain, (counts.get(domain) ?? 0) + found)
  }
  return counts
}

function isCounted(pod: Pod, info: NodeInfo, constraint: SpreadConstraint, all: readonly SpreadConstraint[]): boolean {
  if (all.some((one) => topologyOf(info, one.topologyKey) === undefined)) return false
  if ((constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' && !isWantedNode(pod, info.node)) return false
  return constraint.nodeTaintsPolicy !== 'Honor' || !untoleratedTaint(pod, info.node, ['NoSchedule', 'NoExecute'])
}

const isPeer = (pod: Pod, constraint: SpreadConstraint, other: Pod): boolean =>
  other.metadata.namespace === pod.metadata.namespace &&
  other.metadata.deletionTimestamp === undefined &&
  matches(pod, constraint, other)

function matches(pod: Pod, { labelSelector, matchLabelKeys = [] }: SpreadConstraint, other: Pod): boolean {
  const own = pod.metadata.labels ?? {}
  const sameKeys = matchLabelKeys.every((key) => own[key] === undefined || other.metadata.labels?.[key] === own[key])
  return labelSelector !== undefined && sameKeys && matchesLabels(labelSelector, other.metadata.labels)
}

/** With fewer domains than `minDomains`, a domain that is still missing counts as the emptiest. */
function fewest(counts: ReadonlyMap<string, number>, { minDomains = 1 }: SpreadConstraint): number {
  return counts.size < minDomains ? 0 : Math.min(...counts.values())
}
