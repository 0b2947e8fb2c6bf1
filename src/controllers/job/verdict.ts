import type { Job, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { type Verdict, verdictOf } from './conditions.ts'
import { type Count, hasFailed } from './count.ts'
import { meaningOfFailure } from './failure_policy.ts'
import type { IndexFailures } from './index_failures.ts'
import { parseIndexes } from './indexes.ts'
import { BACKOFF_LIMIT_DEFAULT } from './limits.ts'

interface Case {
  readonly job: Job
  readonly pods: readonly Pod[]
  readonly count: Count
  readonly failures: IndexFailures
  readonly now: Millis
}

/** Whether the Job is to end, and how; undefined while it goes on. */
export function judge(of: Case): Verdict | undefined {
  return verdictOf(of.job) ?? failure(of) ?? success(of)
}

function failure(of: Case): Verdict | undefined {
  const failed = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })
  const forbidden = ofPolicy(of)
  if (forbidden !== undefined) return failed('PodFailurePolicy', forbidden)
  if (isBeyondRetries(of)) return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if ((deadlineInMs(of.job, of.now) ?? 1) <= 0) {
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  return ofIndexes(of)
}

/** Too many parts are given up, or all others are done. */
function ofIndexes({ job, count, failures }: Case): Verdict | undefined {
  const { maxFailedIndexes, completions = 0 } = job.spec
  const givenUp = failures.given.size
  const type = 'FailureTarget'
  if (maxFailedIndexes !== undefined && givenUp > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes'
    return { type, reason: 'MaxFailedIndexesExceeded', message }
  }
  if (givenUp === 0 || givenUp + count.doneIndexes.size < completions) return undefined
  return { type, reason: 'FailedIndexes', message: 'Job has failed indexes' }
}

function ofPolicy({ job, pods }: Case): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined
  return pods
    .filter((pod) => hasFailed(job, pod))
    .map((pod) => meaningOfFailure(job, pod))
    .find(({ action }) => action === 'FailJob')?.message
}

/** Failed pods count, and for pods whose containers are started again in place the restarts of those. */
function isBeyondRetries({ job, count }: Case): boolean {
  const limit = job.spec.backoffLimit ?? BACKOFF_LIMIT_DEFAULT
  if (count.failed > limit) return true
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false
  const statuses = count.active.flatMap(({ status }) => [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
  ])
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
  return limit === 0 ? restarts > 0 : restarts >= limit
}

/** How long the Job may still take; undefined if as long as it likes. */
export function deadlineInMs({ spec, status }: Job, now: Millis): Millis | undefined {
  const since = fromRfc3339(status?.startTime)
  if (spec.activeDeadlineSeconds === undefined || since === undefined || spec.suspend === true) return undefined
  return since + spec.activeDeadlineSeconds * 1000 - now
}

function success({ job, count }: Case): Verdict | undefined {
  const rule = metSuccessRule(job, count)
  if (rule >= 0) {
    return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` }
  }
  const { completions } = job.spec
  const isDone =
    completions === undefined ? count.succeeded > 0 && count.active.length === 0 : count.succeeded >= completions
  if (!isDone) return undefined
  const message = 'Reached expected number of succeeded pods'
  return { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message }
}

/** Some parts of an indexed Job may be enough: the place of the first rule that is met, or -1. */
function metSuccessRule({ spec }: Job, { doneIndexes }: Count): number {
  return (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, spec.completions ?? 0)
    const done = [...doneIndexes].filter((index) => wanted === undefined || wanted.has(index)).length
    return done >= (succeededCount ?? wanted?.size ?? Number.POSITIVE_INFINITY)
  })
}
