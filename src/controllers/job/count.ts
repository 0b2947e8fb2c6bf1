import { isPodEnding, isPodReady } from '../../api/pod_state.ts'
import type { Job, Pod } from '../../api/types.ts'
import { isPodActive, isPodTerminating } from '../runtime/workload/availability.ts'
import { meaningOfFailure } from './failure_policy.ts'
import { indexOf, parseIndexes } from './indexes.ts'
import { TRACKING_FINALIZER } from './labels.ts'

/** What a Job has achieved so far. */
export interface Count {
  readonly active: readonly Pod[]
  readonly terminating: number
  readonly ready: number
  readonly succeeded: number
  readonly failed: number
  /** Of an indexed Job: the parts that are done. */
  readonly doneIndexes: ReadonlySet<number>
  /** Pods whose end is counted in this decision, and by which they may go afterwards. */
  readonly newlySucceeded: readonly Pod[]
  readonly newlyFailed: readonly Pod[]
  /** Ends that the status holds as not counted yet, and whose pods are free: they can be counted for good. */
  readonly settled: { readonly succeeded: readonly string[]; readonly failed: readonly string[] }
}

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false

/** A pod that was deleted before it came to an end has failed, unless the Job counts only real failures. */
export function hasFailed(job: Job, pod: Pod): boolean {
  const { phase } = pod.status ?? {}
  if (phase === 'Failed') return true
  if (job.spec.podReplacementPolicy === 'Failed') return isPodEnding(pod) && phase === 'Pending'
  return isPodEnding(pod) && phase !== 'Succeeded'
}

/** Counts a Job's pods. An end is noted by uid in the status before its pod is let go, so none is lost or counted twice. */
export function countPods(job: Job, pods: readonly Pod[]): Count {
  const { status, spec } = job
  const uncounted = status?.uncountedTerminatedPods ?? {}
  const noted = new Set([...(uncounted.succeeded ?? []), ...(uncounted.failed ?? [])])
  const tracked = new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid))
  const fresh = pods.filter((pod) => isTracked(pod) && !noted.has(pod.metadata.uid))
  const doneIndexes = parseIndexes(status?.completedIndexes, spec.completions ?? 0)
  const newlySucceeded = fresh.filter(({ status: own }) => own?.phase === 'Succeeded')
  if (isIndexed(job)) for (const pod of newlySucceeded) doneIndexes.add(indexOf(pod) ?? 0)
  const newlyFailed = fresh.filter((pod) => hasFailed(job, pod) && meaningOfFailure(job, pod).action !== 'Ignore')
  const isFree = (uid: string) => !tracked.has(uid)
  return {
    active: pods.filter(isPodActive),
    terminating: pods.filter(isPodTerminating).length,
    ready: pods.filter((pod) => isPodActive(pod) && isPodReady(pod)).length,
    succeeded: isIndexed(job)
      ? doneIndexes.size
      : (status?.succeeded ?? 0) + (uncounted.succeeded?.length ?? 0) + newlySucceeded.length,
    failed: (status?.failed ?? 0) + (uncounted.failed?.length ?? 0) + newlyFailed.length,
    doneIndexes,
    newlySucceeded,
    newlyFailed,
    settled: {
      succeeded: (uncounted.succeeded ?? []).filter(isFree),
      failed: (uncounted.failed ?? []).filter(isFree),
    },
  }
}
