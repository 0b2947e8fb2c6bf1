import { isPodEnding, isPodFinished, isPodReady } from '../../../api/pod_state.ts'
import type { Pod } from '../../../api/types.ts'
import type { Millis } from '../../../base/clock.ts'
import { fromRfc3339 } from '../../../base/time.ts'

/** A pod that counts: it has not ended and nobody wants it to. */
export const isPodActive = (pod: Pod): boolean => !isPodFinished(pod) && !isPodEnding(pod)

/** A pod that is on its way out and has not got there. */
export const isPodTerminating = (pod: Pod): boolean => !isPodFinished(pod) && isPodEnding(pod)

/** The moment since which a pod is ready; undefined if it is not. */
export function readySince(pod: Pod): Millis | undefined {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')
  return fromRfc3339(ready?.lastTransitionTime)
}

/** Whether a pod has been ready for long enough. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Millis): boolean {
  if (!isPodReady(pod)) return false
  return minReadySeconds === 0 || (availableInMs(pod, minReadySeconds, now) ?? 1) <= 0
}

/** How long until a ready pod counts as available: 0 or less if it does; undefined if time alone will not do it. */
export function availableInMs(pod: Pod, minReadySeconds: number, now: Millis): Millis | undefined {
  const since = readySince(pod)
  return since === undefined ? undefined : since + minReadySeconds * 1000 - now
}

/** When to look again so that a pod that becomes available by time alone is seen; undefined if none does. */
export function nextAvailableInMs(pods: readonly Pod[], minReadySeconds: number, now: Millis): Millis | undefined {
  if (minReadySeconds === 0) return undefined
  const waits = pods.flatMap((pod) => (isPodReady(pod) ? (availableInMs(pod, minReadySeconds, now) ?? []) : []))
  const ahead = waits.filter((wait) => wait > 0)
  return ahead.length === 0 ? undefined : Math.min(...ahead) + 1
}
