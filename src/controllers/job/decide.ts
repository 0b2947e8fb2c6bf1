import { isPodReady } from '../../api/pod_state.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Job, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { isPodTerminating } from '../runtime/workload/availability.ts'
import { POD_BURST_MAX } from '../runtime/workload/limits.ts'
import { type Claimed, claim } from '../runtime/workload/ownership.ts'
import { retryInMs } from './backoff.ts'
import { finishOf, type Verdict } from './conditions.ts'
import { type Count, countPods, hasFailed, isIndexed, isTracked } from './count.ts'
import { hasLimitPerIndex, type IndexFailures, indexFailuresOf, retryIndexInMs } from './index_failures.ts'
import { indexOf } from './indexes.ts'
import { THIS_MANAGER } from './labels.ts'
import { type JobStatuses, statusesOf } from './status.ts'
import { deadlineInMs, judge } from './verdict.ts'

export interface JobView {
  /** Absent if the Job has gone and only its pods remain. */
  readonly job: Job | undefined
  /** The pods that the Job controls, and those of its namespace that nobody controls. */
  readonly candidates: readonly Pod[]
  readonly now: Millis
}

export interface JobPlan {
  readonly claimed: Claimed<Pod>
  /** One entry a pod: its index, undefined for a Job without indexes. */
  readonly create: readonly (number | undefined)[]
  readonly remove: readonly Pod[]
  /** By index, the pod that failed last and that a new one takes the place of. */
  readonly held: ReadonlyMap<number, Pod>
  /** Pods that lose the finalizer once the status notes their ends; what the Job itself deletes has not failed. */
  readonly free: readonly Pod[]
  readonly statuses: JobStatuses | undefined
  /** The Job itself has outlived its time. */
  readonly expired: boolean
  readonly lookAgainMs: Millis | undefined
}

const NOTHING: Omit<JobPlan, 'claimed'> = {
  create: [],
  remove: [],
  held: new Map(),
  free: [],
  statuses: undefined,
  expired: false,
  lookAgainMs: undefined,
}

/** Brings a Job's work forward. Pure. */
export function decideJob({ job, candidates, now }: JobView): JobPlan {
  if (job === undefined || isManagedElsewhere(job)) {
    const claimed = { own: [], adopt: [], release: [] }
    return { ...NOTHING, claimed, free: job === undefined ? candidates.filter(isTracked) : [] }
  }
  const claimed = claim(job, candidates, ({ metadata }) => matchesLabels(job.spec.selector ?? {}, metadata.labels))
  const finish = finishOf(job)
  if (finish !== undefined) {
    const expiresInMs = expiryInMs(job, fromRfc3339(finish.lastTransitionTime) ?? now, now)
    const expired = expiresInMs !== undefined && expiresInMs <= 0
    const lookAgainMs = expired ? undefined : expiresInMs
    return { ...NOTHING, claimed, free: claimed.own.filter(isTracked), expired, lookAgainMs }
  }
  return goOn(job, claimed, now)
}

const isManagedElsewhere = ({ spec }: Job): boolean => spec.managedBy !== undefined && spec.managedBy !== THIS_MANAGER

/** How long a finished Job still stays; undefined if for ever, or if it has been deleted already. */
function expiryInMs({ spec, metadata }: Job, finishedAt: Millis, now: Millis): Millis | undefined {
  const { ttlSecondsAfterFinished } = spec
  if (metadata.deletionTimestamp !== undefined) return undefined
  return ttlSecondsAfterFinished === undefined ? undefined : finishedAt + ttlSecondsAfterFinished * 1000 - now
}

/** A Job that fails takes the pods that still run along: they have failed with it. */
function goOn(job: Job, claimed: Claimed<Pod>, now: Millis): JobPlan {
  const pods = claimed.own
  const count = countPods(job, pods)
  const failures = indexFailuresOf(job, pods, count)
  const verdict = judge({ job, pods, count, failures, now })
  const work = workOf(job, { pods, count, failures, verdict, now })
  const isOver = verdict?.type === 'FailureTarget'
  // A Job that ends makes no pods any more that would have to know.
  const mayHold = verdict === undefined && job.metadata.deletionTimestamp === undefined
  const held = new Set(mayHold ? failures.held.values() : [])
  const newlyFailed = [
    ...count.newlyFailed.filter((pod) => !held.has(pod)),
    ...(isOver ? work.remove.filter(isTracked) : []),
  ]
  const deadline = deadlineInMs(job, now)
  const waits = [work.waitMs, deadline === undefined ? undefined : Math.max(1, deadline)].filter(
    (one) => one !== undefined,
  )
  return {
    ...NOTHING,
    claimed,
    create: work.create,
    remove: work.remove,
    held: failures.held,
    free: pods.filter((pod) => isTracked(pod) && (work.remove.includes(pod) || (hasEnded(job, pod) && !held.has(pod)))),
    statuses: statusesOf({
      job,
      count: { ...count, newlyFailed },
      givenUp: failures.given,
      verdict,
      created: work.create.length,
      removed: work.remove.length,
      removedReady: work.remove.filter(isPodReady).length,
      now,
    }),
    lookAgainMs: verdict !== undefined || waits.length === 0 ? undefined : Math.min(...waits),
  }
}

const hasEnded = (job: Job, pod: Pod): boolean => pod.status?.phase === 'Succeeded' || hasFailed(job, pod)

interface Situation {
  readonly pods: readonly Pod[]
  readonly count: Count
  readonly failures: IndexFailures
  readonly verdict: Verdict | undefined
  readonly now: Millis
}

interface PodWork {
  readonly create: readonly (number | undefined)[]
  readonly remove: readonly Pod[]
  readonly waitMs: Millis | undefined
}

/** Which pods to make and which to delete. */
function workOf(job: Job, situation: Situation): PodWork {
  const { pods, count, verdict, now } = situation
  const { active } = count
  const nothing: PodWork = { create: [], remove: [], waitMs: undefined }
  if (verdict !== undefined || job.spec.suspend === true) return { ...nothing, remove: active }
  if (job.metadata.deletionTimestamp !== undefined) return nothing
  const wanted = wantedActive(job, count)
  if (active.length > wanted) return { ...nothing, remove: idleFirst(active).slice(0, active.length - wanted) }
  const held = job.spec.podReplacementPolicy === 'Failed' ? count.terminating : 0
  const missing = Math.min(wanted - active.length - held, POD_BURST_MAX)
  if (missing <= 0) return nothing
  if (hasLimitPerIndex(job)) return { ...nothing, ...dueIndexes(job, situation, missing) }
  const waitMs = retryInMs(
    pods.filter((pod) => hasFailed(job, pod)),
    pods.filter(({ status }) => status?.phase === 'Succeeded'),
    now,
  )
  if (waitMs > 0) return { ...nothing, waitMs }
  return { ...nothing, create: isIndexed(job) ? freeIndexes(job, situation, missing) : Array(missing).fill(undefined) }
}

/** As many at once as the Job allows, and not more than there is work left; without a number, one success ends it. */
function wantedActive({ spec }: Job, { succeeded, active }: Count): number {
  const parallelism = spec.parallelism ?? 1
  if (spec.completions === undefined) return succeeded > 0 ? Math.min(active.length, parallelism) : parallelism
  return Math.min(parallelism, Math.max(0, spec.completions - succeeded))
}

/** Each part waits for itself. */
function dueIndexes(job: Job, situation: Situation, most: number): Pick<PodWork, 'create' | 'waitMs'> {
  const { failures, now } = situation
  const waits = freeIndexes(job, situation, most).map((index) => ({
    index,
    waitMs: retryIndexInMs(failures.held.get(index), now),
  }))
  const later = waits.filter(({ waitMs }) => waitMs > 0).map(({ waitMs }) => waitMs)
  const create = waits.filter(({ waitMs }) => waitMs === 0).map(({ index }) => index)
  return { create, waitMs: later.length === 0 ? undefined : Math.min(...later) }
}

/** The lowest parts of the work that nobody does, nobody has done and nobody has given up. */
function freeIndexes({ spec }: Job, { pods, count, failures }: Situation, most: number): readonly number[] {
  const { doneIndexes, active } = count
  const ending = spec.podReplacementPolicy === 'Failed' ? pods.filter(isPodTerminating) : []
  const taken = new Set([...doneIndexes, ...failures.given, ...[...active, ...ending].map(indexOf)])
  const free: number[] = []
  for (let index = 0; index < (spec.completions ?? 0) && free.length < most; index++) {
    if (!taken.has(index)) free.push(index)
  }
  return free
}

function idleFirst(pods: readonly Pod[]): readonly Pod[] {
  const rank = (pod: Pod) =>
    (pod.spec.nodeName ? 1 : 0) + (pod.status?.phase === 'Running' ? 2 : 0) + (isPodReady(pod) ? 4 : 0)
  const born = ({ metadata }: Pod) => fromRfc3339(metadata.creationTimestamp) ?? 0
  return pods.toSorted((a, b) => rank(a) - rank(b) || born(b) - born(a))
}
