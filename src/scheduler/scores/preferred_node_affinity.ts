import { nodeMeetsTerm } from '../../api/volume_binding.ts'
import type { Score } from '../framework.ts'

/** Prefers nodes that the pod would rather have. */
export const preferredNodeAffinity: Score = {
  name: 'NodeAffinity',
  weight: 2,
  scale: 'most',
  points: ({ pod }, { node }) => {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    return preferred.reduce((sum, { weight, preference }) => sum + (nodeMeetsTerm(node, preference) ? weight : 0), 0)
  },
}
