import type { Deployment, DeploymentStatus } from '../../api/types.ts'
import { portion } from '../runtime/workload/portion.ts'
import { UNLIMITED } from './limits.ts'

export const replicasOf = ({ spec }: Deployment): number => spec.replicas ?? 1

export const isRolling = ({ spec }: Deployment): boolean => spec.strategy?.type !== 'Recreate'

/** Pods above the wanted number; a Deployment that may neither exceed nor fall short may fall short by one. */
export function surgeOf(deployment: Deployment): number {
  return isRolling(deployment)
    ? portion(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? 0, replicasOf(deployment), 'up')
    : 0
}

/** Pods that may be missing during a roll-out. */
export function maxUnavailableOf(deployment: Deployment): number {
  const replicas = replicasOf(deployment)
  if (!isRolling(deployment) || replicas === 0) return 0
  const asked = portion(deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? 0, replicas, 'down')
  return Math.min(surgeOf(deployment) === 0 && asked === 0 ? 1 : asked, replicas)
}

export const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== UNLIMITED

/** Whether all pods are of the newest template and available, and no others are left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status ?? {}
  const isFull = [updatedReplicas, replicas, availableReplicas].every((count) => count === replicasOf(deployment))
  return isFull && observedGeneration >= (deployment.metadata.generation ?? 0)
}
