import type { Pod } from '../../api/types.ts'
import { type Filter, type NodeInfo, reject, rejectFinally, type SchedulingContext } from '../framework.ts'
import { perContext } from '../per_context.ts'
import { type PodTerm, requiredAffinity, requiredAntiAffinity, termMeans, topologyOf } from '../pod_terms.ts'

/** Pods that must stand together and pods that must not, from both sides. */
export const interPodAffinity: Filter = (context, info) => {
  if (!meetsAffinity(context, info)) return rejectFinally("node(s) didn't match pod affinity rules")
  if (breaksAntiAffinity(context, info)) return reject("node(s) didn't match pod anti-affinity rules")
  return disturbsOthers(context, info) ? reject("node(s) didn't satisfy existing pods anti-affinity rules") : undefined
}

/** Each term needs a pod in the same domain; the first pod of a group that wants to stand together may begin anywhere. */
function meetsAffinity(context: SchedulingContext, info: NodeInfo): boolean {
  const terms = requiredAffinity(context.pod)
  if (terms.some((term) => topologyOf(info, term.topologyKey) === undefined)) return false
  if (terms.every((term) => neighbours(context, info, term.topologyKey).some((other) => means(context, term, other))))
    return true
  const everywhere = context.nodes.flatMap(({ tally }) => tally.pods())
  const nobodyYet = terms.every((term) => !everywhere.some((other) => means(context, term, other)))
  return nobodyYet && terms.every((term) => means(context, term, context.pod))
}

const means = (context: SchedulingContext, term: PodTerm, other: Pod): boolean =>
  termMeans(term, context.pod, other, context.namespaces)

/** The pods of all nodes in the same domain. */
function neighbours({ nodes }: SchedulingContext, info: NodeInfo, key: string): readonly Pod[] {
  const domain = topologyOf(info, key)
  if (domain === undefined) return []
  return nodes.filter((other) => topologyOf(other, key) === domain).flatMap(({ tally }) => tally.pods())
}

const breaksAntiAffinity = (context: SchedulingContext, info: NodeInfo): boolean =>
  requiredAntiAffinity(context.pod).some((term) =>
    neighbours(context, info, term.topologyKey).some((other) => means(context, term, other)),
  )

/** A pod that keeps others away, and where it stands. */
interface Guard {
  readonly home: NodeInfo
  readonly term: PodTerm
}

/** Pods that are there already may not want the new one near them: worked out once, most clusters have few. */
const guardsAgainst = perContext(({ pod, nodes, namespaces }): readonly Guard[] =>
  nodes.flatMap((home) =>
    home.tally.guards().flatMap((other) =>
      requiredAntiAffinity(other)
        .filter((term) => termMeans(term, other, pod, namespaces))
        .map((term) => ({ home, term })),
    ),
  ),
)

const disturbsOthers = (context: SchedulingContext, info: NodeInfo): boolean =>
  guardsAgainst(context).some(({ home, term }) => {
    const domain = topologyOf(info, term.topologyKey)
    return domain !== undefined && domain === topologyOf(home, term.topologyKey)
  })
