import type { Pod } from './types.ts'

/** Whether the pod's Ready condition is True. */
export const isPodReady = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')

/** A pod whose containers will not run any more. */
export const isPodFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** A pod that somebody has asked to end. */
export const isPodEnding = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined
