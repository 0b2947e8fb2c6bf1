import { isPodReady } from '../../api/pod_state.ts'
import { matchesAll } from '../../api/selector_match.ts'
import type { Pod, ReplicaSet, ReplicaSetStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import { isPodAvailable } from '../runtime/workload/availability.ts'

type Condition = NonNullable<ReplicaSetStatus['conditions']>[number]

/** The status, counted anew from what is seen. Counts of 0 are left out but for two that are always shown. */
export function statusOf(
  set: ReplicaSet,
  active: readonly Pod[],
  { terminating, now }: { readonly terminating: number; readonly now: Millis },
): ReplicaSetStatus {
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const templateLabels = set.spec.template?.metadata?.labels ?? {}
  const counts = {
    fullyLabeledReplicas: active.filter((pod) => matchesAll(templateLabels, pod.metadata.labels)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => isPodAvailable(pod, minReadySeconds, now)).length,
  }
  const conditions = (set.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure')
  return {
    replicas: active.length,
    terminatingReplicas: terminating,
    observedGeneration: set.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(conditions.length === 0 ? {} : { conditions }),
  }
}

/** The status of a set whose pods could not be made or deleted; it keeps telling the first failure. */
export function withFailure(
  status: ReplicaSetStatus,
  set: ReplicaSet,
  failure: { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string; readonly now: Millis },
): ReplicaSetStatus {
  const { now, ...told } = failure
  const known = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
  const fresh: Condition = { type: 'ReplicaFailure', status: 'True', lastTransitionTime: toRfc3339(now), ...told }
  return { ...status, conditions: [...(status.conditions ?? []), known ?? fresh] }
}
