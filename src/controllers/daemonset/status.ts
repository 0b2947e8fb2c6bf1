import { isPodReady } from '../../api/pod_state.ts'
import type { DaemonSet, DaemonSetStatus, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { isPodAvailable } from '../runtime/workload/availability.ts'
import { isUpdated } from './rolling_update.ts'

/** The status, counted anew from what is seen: the oldest pod of a node stands for it. */
export function statusOf(
  set: DaemonSet,
  nodes: readonly { readonly run: boolean; readonly pods: readonly Pod[] }[],
  { hash, now }: { readonly hash: string; readonly now: Millis },
): DaemonSetStatus {
  const wanted = nodes.filter(({ run }) => run)
  const first = wanted.flatMap(({ pods }) => pods.slice(0, 1))
  const available = first.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length
  const shown = (counts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  const { collisionCount, conditions } = set.status ?? {}
  return {
    currentNumberScheduled: first.length,
    numberMisscheduled: nodes.filter(({ run, pods }) => !run && pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: first.filter(isPodReady).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...shown({
      updatedNumberScheduled: first.filter((pod) => isUpdated(pod, hash)).length,
      numberAvailable: available,
      numberUnavailable: wanted.length - available,
    }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  }
}
