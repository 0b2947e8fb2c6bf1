import { matchesAll } from '../../api/selector_match.ts'
import type { Node, Pod } from '../../api/types.ts'
import { nodeMeetsTerm } from '../../api/volume_binding.ts'
import { type Filter, rejectFinally } from '../framework.ts'

/** The pod's node selector and required node affinity. */
export const nodeAffinity: Filter = ({ pod }, { node }) =>
  isWantedNode(pod, node) ? undefined : rejectFinally("node(s) didn't match Pod's node affinity/selector")

/** Whether the pod may run there by its own wish. */
export function isWantedNode(pod: Pod, node: Node): boolean {
  if (!matchesAll(pod.spec.nodeSelector ?? {}, node.metadata.labels)) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((term) => nodeMeetsTerm(node, term))
}
