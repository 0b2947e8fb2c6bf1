import { isPodEnding, isPodReady } from '../../api/pod_state.ts'
import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'

/** The moment of the decision, and how long a pod must have been ready to count as available. */
export interface Availability {
  readonly now: Millis
  readonly minReadyMs: Millis
}

/** The server gives every stored pod a phase. */
export const isCreated = (pod: Pod): boolean => (pod.status?.phase ?? '') !== ''

export const isPending = (pod: Pod): boolean => pod.status?.phase === 'Pending'

export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod)

export function isRunningAndAvailable(pod: Pod, { now, minReadyMs }: Availability): boolean {
  if (!isRunningAndReady(pod)) return false
  if (minReadyMs === 0) return true
  const since = readySince(pod)
  return since !== undefined && since + minReadyMs < now
}

/** A pod that does not serve, or will not for long. */
export const isUnavailable = (pod: Pod | undefined, availability: Availability): boolean =>
  pod === undefined || isPodEnding(pod) || !isRunningAndAvailable(pod, availability)

/** How long until a ready pod becomes available; undefined if time alone will not make it so. */
export function availableInMs(pod: Pod, { now, minReadyMs }: Availability): Millis | undefined {
  if (minReadyMs === 0 || !isRunningAndReady(pod)) return undefined
  const since = readySince(pod)
  if (since === undefined) return undefined
  const remaining = since + minReadyMs + 1 - now
  return remaining > 0 ? remaining : undefined
}

function readySince(pod: Pod): Millis | undefined {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')
  return fromRfc3339(ready?.lastTransitionTime)
}
