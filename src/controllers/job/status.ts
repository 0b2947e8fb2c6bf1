import type { Job, JobStatus, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import { type Condition, condition, finishOf, hasCondition, type Verdict } from './conditions.ts'
import { type Count, isIndexed } from './count.ts'
import { hasLimitPerIndex } from './index_failures.ts'
import { writeIndexes } from './indexes.ts'

/** What the status says before pods are let go, and after. */
export interface JobStatuses {
  /** With the ends of pods noted by uid. */
  readonly noted: JobStatus
  /** With those ends counted. */
  readonly counted: JobStatus
}

export interface StatusInput {
  readonly job: Job
  readonly count: Count
  /** The parts of an indexed Job that are given up. */
  readonly givenUp: ReadonlySet<number>
  readonly verdict: Verdict | undefined
  /** Pods that are made and deleted along with this status. */
  readonly created: number
  readonly removed: number
  /** Of the deleted ones those that were ready: they are ready no more when they are not active. */
  readonly removedReady: number
  readonly now: Millis
}

export function statusesOf(input: StatusInput): JobStatuses {
  const { job, count } = input
  const { settled, newlySucceeded, newlyFailed } = count
  const old = job.status?.uncountedTerminatedPods ?? {}
  const left = (uids: readonly string[] | undefined, gone: readonly string[]) =>
    (uids ?? []).filter((uid) => !gone.includes(uid))
  const succeeded = [...left(old.succeeded, settled.succeeded), ...newlySucceeded.map(uidOf)]
  const failed = [...left(old.failed, settled.failed), ...newlyFailed.map(uidOf)]
  const base = baseOf(input)
  const before = {
    succeeded: (job.status?.succeeded ?? 0) + settled.succeeded.length,
    failed: (job.status?.failed ?? 0) + settled.failed.length,
  }
  const after = { succeeded: before.succeeded + succeeded.length, failed: before.failed + failed.length }
  const noted = { ...withCounts(base, job, before, count), uncountedTerminatedPods: listed(succeeded, failed) }
  const counted = { ...withCounts(base, job, after, count), uncountedTerminatedPods: {} }
  return { noted, counted: withEnd(counted, input) }
}

const uidOf = ({ metadata }: Pod): string => metadata.uid

const listed = (succeeded: readonly string[], failed: readonly string[]): object => ({
  ...(succeeded.length === 0 ? {} : { succeeded }),
  ...(failed.length === 0 ? {} : { failed }),
})

function baseOf({ job, count, givenUp, verdict, created, removed, removedReady, now }: StatusInput): JobStatus {
  const {
    uncountedTerminatedPods: _u,
    active: _a,
    succeeded: _s,
    failed: _f,
    terminating: _t,
    ...kept
  } = job.status ?? {}
  const { startTime, conditions: _c, ...rest } = kept
  const active = count.active.length + created - removed
  const isSuspended = job.spec.suspend === true
  const started =
    isSuspended && verdict === undefined ? undefined : (resumedAt(job, now) ?? startTime ?? toRfc3339(now))
  const conditions = withVerdict(withSuspension(job, verdict, now), verdict, now)
  return {
    ...rest,
    ...(active === 0 ? {} : { active }),
    terminating: count.terminating + removed,
    ready: count.ready - removedReady,
    ...(started === undefined ? {} : { startTime: started }),
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
    ...(hasLimitPerIndex(job) ? { failedIndexes: writeIndexes(givenUp) } : {}),
  }
}

/** A Job that goes on after a pause starts its time anew. */
const resumedAt = (job: Job, now: Millis): string | undefined =>
  hasCondition(job, 'Suspended') && job.spec.suspend !== true ? toRfc3339(now) : undefined

function withSuspension(job: Job, verdict: Verdict | undefined, now: Millis): readonly Condition[] {
  const old = job.status?.conditions ?? []
  const [is, should] = [hasCondition(job, 'Suspended'), job.spec.suspend === true]
  if (is === should || verdict !== undefined) return old
  const told = should
    ? condition('Suspended', { status: 'True', reason: 'JobSuspended', message: 'Job suspended', now })
    : condition('Suspended', { status: 'False', reason: 'JobResumed', message: 'Job resumed', now })
  const at = old.findIndex(({ type }) => type === 'Suspended')
  return at < 0 ? [...old, told] : old.with(at, told)
}

function withVerdict(
  conditions: readonly Condition[],
  verdict: Verdict | undefined,
  now: Millis,
): readonly Condition[] {
  if (verdict === undefined || conditions.some(({ type }) => type === verdict.type)) return conditions
  const { type, reason, message } = verdict
  return [...conditions, condition(type, { status: 'True', reason, message, now })]
}

function withCounts(
  base: JobStatus,
  job: Job,
  { succeeded, failed }: { readonly succeeded: number; readonly failed: number },
  { doneIndexes }: Count,
): JobStatus {
  const done = isIndexed(job) ? doneIndexes.size : succeeded
  const { completedIndexes: _, ...rest } = base
  return {
    ...rest,
    ...(done === 0 ? {} : { succeeded: done }),
    ...(failed === 0 ? {} : { failed }),
    ...(isIndexed(job) && doneIndexes.size > 0 ? { completedIndexes: writeIndexes(doneIndexes) } : {}),
  }
}

/** A Job that was judged is over when the last of its pods has ended. */
function withEnd(status: JobStatus, { job, count, verdict, removed, now }: StatusInput): JobStatus {
  const isStillRunning = count.active.length > 0 || count.terminating > 0 || removed > 0
  if (verdict === undefined || isStillRunning || finishOf(job) !== undefined) return status
  const { reason, message } = verdict
  const isSuccess = verdict.type === 'SuccessCriteriaMet'
  const end = condition(isSuccess ? 'Complete' : 'Failed', { status: 'True', reason, message, now })
  const conditions = [...(status.conditions ?? []), end]
  return { ...status, conditions, ...(isSuccess ? { completionTime: toRfc3339(now) } : {}) }
}
