import type { Deployment, DeploymentStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { type Condition, tell } from './conditions.ts'
import { availableOf, type SizedSet, totalOf } from './sized_set.ts'
import { maxUnavailableOf, replicasOf } from './strategy.ts'

export interface StatusInput {
  readonly deployment: Deployment
  readonly newest: SizedSet | undefined
  readonly sets: readonly SizedSet[]
  readonly conditions: readonly Condition[]
  readonly collisionCount: number | undefined
  readonly now: Millis
}

/** The status, counted anew from what the sets say; counts of 0 are left out. */
export function statusOf(input: StatusInput): DeploymentStatus {
  const { deployment, newest, sets, collisionCount } = input
  const sum = (field: 'replicas' | 'readyReplicas') =>
    sets.reduce((all, { set }) => all + (set.status?.[field] ?? 0), 0)
  const availableReplicas = availableOf(sets)
  const counts = {
    replicas: sum('replicas'),
    updatedReplicas: newest?.set.status?.replicas ?? 0,
    readyReplicas: sum('readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalOf(sets) - availableReplicas),
  }
  const terminating = sets.map(({ set }) => set.status?.terminatingReplicas)
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(terminating.includes(undefined)
      ? {}
      : { terminatingReplicas: terminating.reduce<number>((a, b) => a + (b ?? 0), 0) }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withAvailability(input, availableReplicas) as Condition[],
  }
}

function withAvailability({ deployment, conditions, now }: StatusInput, available: number): readonly Condition[] {
  const isEnough = available >= replicasOf(deployment) - maxUnavailableOf(deployment)
  return tell(
    conditions,
    'Available',
    isEnough
      ? { now, status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
      : {
          now,
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
  )
}
