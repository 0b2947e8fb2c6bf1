import type { Node, Pod } from '../api/types.ts'

export type Taint = NonNullable<Node['spec']['taints']>[number]
type Toleration = NonNullable<Pod['spec']['tolerations']>[number]

/** The first taint of one of these effects that the pod does not tolerate. */
export const untoleratedTaint = (pod: Pod, node: Node, effects: readonly string[]): Taint | undefined =>
  (node.spec?.taints ?? []).find((taint) => effects.includes(taint.effect) && !toleratesTaint(pod, taint))

/** Whether one of the pod's tolerations covers the taint. */
export const toleratesTaint = (pod: Pod, taint: Taint): boolean =>
  (pod.spec.tolerations ?? []).some((toleration) => covers(toleration, taint))

function covers({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''))
}
