import { matchesAll } from './selector_match.ts'
import type { Node, Pod } from './types.ts'
import { nodeMeetsTerm } from './volume_binding.ts'

/** Whether the pod may run there by its own wish. */
export function isWantedNode(pod: Pod, node: Node): boolean {
  if (!matchesAll(pod.spec.nodeSelector ?? {}, node.metadata.labels)) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((term) => nodeMeetsTerm(node, term))
}
