import { isPodEnding, isPodFinished, isPodReady } from '../../api/pod_state.ts'
import type { Pod, StatefulSet } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import type { CacheChange } from '../../client/informer.ts'
import { replicasOf } from './identity.ts'
import { PODS_PER_MS_OF_REST, STATUS_WAIT_MS } from './limits.ts'
import { isOrdered } from './replica_loop.ts'

/**
 * How long a set rests after it was decided on. A decision looks at all pods of the set and each pod changes
 * several times, so the work for a large set would grow with the square of its size. Where one pod waits for
 * another nothing rests: there each decision is a step.
 */
export function restMsOf(set: StatefulSet | undefined): Millis {
  if (set === undefined || isOrdered(set) || isRolling(set)) return 0
  return Math.floor(Math.max(replicasOf(set), set.status?.replicas ?? 0) / PODS_PER_MS_OF_REST)
}

const isRolling = ({ status }: StatefulSet): boolean => status?.currentRevision !== status?.updateRevision

/**
 * How long a pod's change may wait for the next one. A pod on its way to be ready is created, bound and begun: of that
 * only the set's status tells. An ordered set on quick nodes decides and writes once for each pod instead of thrice.
 */
export const podWaitMs = ({ previous, current }: CacheChange<Pod>): Millis =>
  current !== undefined && isOnItsWay(current) && (previous === undefined || isOnItsWay(previous)) ? STATUS_WAIT_MS : 0

const isOnItsWay = (pod: Pod): boolean => !isPodReady(pod) && !isPodFinished(pod) && !isPodEnding(pod)

/**
 * How long a set's change may wait: a status is mostly what this controller itself has written. Where claims go with their
 * pods, a decision has to see the claim that holds a pod back before it is gone, and so comes at once.
 */
export const setWaitMs = ({ previous, current }: CacheChange<StatefulSet>): Millis =>
  previous !== undefined &&
  current !== undefined &&
  !deletesClaims(current) &&
  current.metadata.generation === previous.metadata.generation &&
  current.metadata.deletionTimestamp === previous.metadata.deletionTimestamp
    ? STATUS_WAIT_MS
    : 0

const deletesClaims = ({ spec }: StatefulSet): boolean =>
  spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete'
