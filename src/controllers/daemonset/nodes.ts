import { matchesAll } from '../../api/selector_match.ts'
import type { DaemonSet, Node, Pod } from '../../api/types.ts'
import { nodeMeetsTerm } from '../../api/volume_binding.ts'
import { daemonTolerations, isTolerated } from './tolerations.ts'

/** What a set wants of a node. */
export interface NodeWish {
  /** A pod is to be made there. */
  readonly run: boolean
  /** A pod that is there may stay. */
  readonly stay: boolean
}

export function wishFor({ spec }: DaemonSet, node: Node): NodeWish {
  const template = spec.template.spec ?? { containers: [] }
  const required = template.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const isMeant =
    (!template.nodeName || template.nodeName === node.metadata.name) &&
    matchesAll(template.nodeSelector ?? {}, node.metadata.labels) &&
    (required === undefined || required.nodeSelectorTerms.some((term) => nodeMeetsTerm(node, term)))
  if (!isMeant) return { run: false, stay: false }
  const tolerations = daemonTolerations(template)
  const repelling = (node.spec.taints ?? []).filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations),
  )
  return { run: repelling.length === 0, stay: repelling.every(({ effect }) => effect !== 'NoExecute') }
}

/** The node that a pod is on, or that it was made for. */
export function nodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const field = terms[0]?.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
  return field?.values?.[0]
}
