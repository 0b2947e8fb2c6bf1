import { isPodReady } from '../../api/pod_state.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Job, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { POD_BURST_MAX } from '../runtime/workload/limits.ts'
import { type Claimed, claim } from '../runtime/workload/ownership.ts'
import { retryInMs } from './backoff.ts'
import { finishOf, type Verdict } from './conditions.ts'
import { type Count, countPods, hasFailed, isIndexed, isTracked } from './count.ts'
import { indexOf } from './indexes.ts'
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
  free: [],
  statuses: undefined,
  expired: false,
  lookAgainMs: undefined,
}

/** Brings a Job's work forward. Pure. */
export function decideJob({ job, candidates, now }: JobView): JobPlan {
  if (job === undefined || job.spec.managedBy !== undefined) {
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
  const verdict = judge({ job, pods, count, now })
  const work = workOf(job, { pods, count, verdict, now })
  const isOver = verdict?.type === 'FailureTarget'
  const fallen = isOver ? { ...count, newlyFailed: [...count.newlyFailed, ...work.remove.filter(isTracked)] } : count
  const deadline = deadlineInMs(job, now)
  const waits = [work.waitMs, deadline === undefined ? undefined : Math.max(1, deadline)].filter(
    (one) => one !== undefined,
  )
  return {
    ...NOTHING,
    claimed,
    create: work.create,
    remove: work.remove,
    free: pods.filter((pod) => isTracked(pod) && (work.remove.includes(pod) || hasEnded(job, pod))),
    statuses: statusesOf({
      job,
      count: fallen,
      verdict,
      created: work.create.length,
      removed: work.remove.length,
      now,
    }),
    lookAgainMs: verdict !== undefined || waits.length === 0 ? undefined : Math.min(...waits),
  }
}

const hasEnded = (job: Job, pod: Pod): boolean => pod.status?.phase === 'Succeeded' || hasFailed(job, pod)

interface Situation {
  readonly pods: readonly Pod[]
  readonly count: Count
  readonly verdict: Verdict | undefined
  readonly now: Millis
}

interface PodWork {
  readonly create: readonly (number | undefined)[]
  readonly remove: readonly Pod[]
  readonly waitMs: Millis | undefined
}

/** Which pods to make and which to delete. */
function workOf(job: Job, { pods, count, verdict, now }: Situation): PodWork {
  const { active } = count
  const nothing: PodWork = { create: [], remove: [], waitMs: undefined }
  if (verdict !== undefined || job.spec.suspend === true) return { ...nothing, remove: active }
  if (job.metadata.deletionTimestamp !== undefined) return nothing
  const wanted = wantedActive(job, count)
  if (active.length > wanted) return { ...nothing, remove: idleFirst(active).slice(0, active.length - wanted) }
  const held = job.spec.podReplacementPolicy === 'Failed' ? count.terminating : 0
  const missing = Math.min(wanted - active.length - held, POD_BURST_MAX)
  if (missing <= 0) return nothing
  const waitMs = retryInMs(
    pods.filter((pod) => hasFailed(job, pod)),
    pods.filter(({ status }) => status?.phase === 'Succeeded'),
    now,
  )
  if (waitMs > 0) return { ...nothing, waitMs }
  return { ...nothing, create: isIndexed(job) ? freeIndexes(job, count, missing) : Array(missing).fill(undefined) }
}

/** As many at once as the Job allows, and not more than there is work left; without a number, one success ends it. */
function wantedActive({ spec }: Job, { succeeded, active }: Count): number {
  const parallelism = spec.parallelism ?? 1
  if (spec.completions === undefined) return succeeded > 0 ? Math.min(active.length, parallelism) : parallelism
  return Math.min(parallelism, Math.max(0, spec.completions - succeeded))
}

/** The lowest parts of the work that nobody does and nobody has done. */
function freeIndexes({ spec }: Job, { doneIndexes, active }: Count, most: number): readonly number[] {
  const taken = new Set([...doneIndexes, ...active.map(indexOf)])
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
