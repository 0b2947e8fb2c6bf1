import { isPodEnding, isPodFinished } from '../../api/pod_state.ts'
import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { ENDED_PODS_MAX, NODE_GONE_MS } from './limits.ts'

export interface PodGarbageView {
  readonly pods: readonly Pod[]
  readonly isNode: (name: string) => boolean
  /** When a node was first seen to be missing; kept by the controller. */
  readonly missingSince: (name: string) => Millis
  readonly now: Millis
}

/** A pod that goes, and what is to be said of its end before. */
export interface Garbage {
  readonly pod: Pod
  readonly why: 'ended' | 'orphaned' | 'unscheduled'
}

export interface PodGarbagePlan {
  readonly garbage: readonly Garbage[]
  readonly lookAgainMs: Millis | undefined
}

/** Finds pods that nobody will ever end. Pure. */
export function decidePodGarbage({ pods, isNode, missingSince, now }: PodGarbageView): PodGarbagePlan {
  const lost = pods.filter(({ spec }) => spec.nodeName !== undefined && spec.nodeName !== '' && !isNode(spec.nodeName))
  const remainingMs = ({ spec }: Pod) => missingSince(spec.nodeName ?? '') + NODE_GONE_MS - now
  const orphaned = lost.filter((pod) => remainingMs(pod) <= 0)
  const waiting = lost.map(remainingMs).filter((ms) => ms > 0)
  const unscheduled = pods.filter(
    (pod) => isPodEnding(pod) && !pod.spec.nodeName && (pod.metadata.deletionGracePeriodSeconds ?? 0) > 0,
  )
  const garbage: readonly Garbage[] = [
    ...orphaned.map((pod) => ({ pod, why: 'orphaned' }) as const),
    ...unscheduled.map((pod) => ({ pod, why: 'unscheduled' }) as const),
    ...surplus(pods).map((pod) => ({ pod, why: 'ended' }) as const),
  ]
  return { garbage, lookAgainMs: waiting.length === 0 ? undefined : Math.min(...waiting) }
}

/** The oldest of the pods that have ended, beyond the number that may stay. */
function surplus(pods: readonly Pod[]): readonly Pod[] {
  const ended = pods.filter((pod) => isPodFinished(pod) && !isPodEnding(pod))
  if (ended.length <= ENDED_PODS_MAX) return []
  const bornAt = ({ metadata }: Pod) => fromRfc3339(metadata.creationTimestamp) ?? 0
  return ended.toSorted((a, b) => bornAt(a) - bornAt(b)).slice(0, ended.length - ENDED_PODS_MAX)
}
