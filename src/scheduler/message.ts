import type { Pod } from '../api/types.ts'
import type { Rejection } from './framework.ts'

/** Upstream's words when there is no node at all. */
export const NO_NODES = 'no nodes available to schedule pods'

const PREEMPTION_NO_USE = 'Preemption is not helpful for scheduling'
const NO_VICTIMS = 'No preemption victims found for incoming pod'

/** Why none of the nodes will do, in upstream's words: reasons counted over nodes, then what preemption found. */
export function rejectionMessage(pod: Pod, rejections: readonly Rejection[]): string {
  const counted = histogram(rejections.flatMap(({ reasons }) => reasons))
  return `0/${rejections.length} nodes are available: ${counted}. no new claims to deallocate, ${preemption(pod, rejections)}`
}

/** The same when something about the pod itself rules all nodes out. */
export const obstacleMessage = (nodeCount: number, obstacle: string): string =>
  `0/${nodeCount} nodes are available: ${obstacle}. not found`

function preemption(pod: Pod, rejections: readonly Rejection[]): string {
  if (pod.spec.preemptionPolicy === 'Never') return 'preemption: not eligible due to preemptionPolicy=Never.'
  const counted = histogram(rejections.map(({ final }) => (final ? PREEMPTION_NO_USE : NO_VICTIMS)))
  return `preemption: 0/${rejections.length} nodes are available: ${counted}.`
}

/** `2 x, 3 y`, sorted as text. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}
