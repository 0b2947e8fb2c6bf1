import type { StatefulSet } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { replicasOf } from './identity.ts'
import { PODS_PER_MS_OF_REST } from './limits.ts'
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
