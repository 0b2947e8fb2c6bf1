import type { NodeInfo, SchedulingContext, Score } from '../framework.ts'
import { type PodTerm, termMeans, topologyOf } from '../pod_terms.ts'

/** Prefers nodes near pods that this one would like near it, and far from those that it would not. */
export const preferredPodAffinity: Score = {
  name: 'InterPodAffinity',
  weight: 2,
  scale: 'range',
  points: (context, info) => {
    const { podAffinity, podAntiAffinity } = context.pod.spec.affinity ?? {}
    const sum = (terms: readonly { weight: number; podAffinityTerm: PodTerm }[] = []) =>
      terms.reduce(
        (total, { weight, podAffinityTerm }) => total + weight * countNear(context, info, podAffinityTerm),
        0,
      )
    const wanted = sum(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
    return wanted - sum(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
  },
}

function countNear({ pod, nodes, namespaces }: SchedulingContext, info: NodeInfo, term: PodTerm): number {
  const domain = topologyOf(info, term.topologyKey)
  if (domain === undefined) return 0
  const near = nodes
    .filter((other) => topologyOf(other, term.topologyKey) === domain)
    .flatMap(({ tally }) => tally.pods())
  return near.filter((other) => termMeans(term, pod, other, namespaces)).length
}
