import type { Job, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { delayAfter, finishedAt } from './backoff.ts'
import { type Count, hasFailed, isIndexed, isTracked } from './count.ts'
import { meaningOfFailure } from './failure_policy.ts'
import { indexOf, parseIndexes } from './indexes.ts'
import { FAILURES, IGNORED_FAILURES } from './labels.ts'

/** Each part of the work may fail so often on its own. */
export const hasLimitPerIndex = (job: Job): boolean => isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined

/** How an indexed Job with limits of its own for each part stands. */
export interface IndexFailures {
  /** The parts that are given up. */
  readonly given: ReadonlySet<number>
  /**
   * The last failed pod of each part that nobody works on: it stays, and is not counted, until another
   * has been made that knows how often its part has failed.
   */
  readonly held: ReadonlyMap<number, Pod>
}

export const NO_INDEX_FAILURES: IndexFailures = { given: new Set(), held: new Map() }

export function indexFailuresOf(job: Job, pods: readonly Pod[], { active, doneIndexes }: Count): IndexFailures {
  if (!hasLimitPerIndex(job)) return NO_INDEX_FAILURES
  const { completions = 0 } = job.spec
  const failed = pods.flatMap((pod) => {
    const index = indexOf(pod)
    const isOfWork = index !== undefined && index < completions
    return isOfWork && isTracked(pod) && hasFailed(job, pod) ? [{ index, pod }] : []
  })
  const given = parseIndexes(job.status?.failedIndexes, completions)
  for (const { index, pod } of failed) if (isGivenUp(job, pod)) given.add(index)
  const busy = new Set([...doneIndexes, ...given, ...active.map(indexOf)])
  const held = new Map<number, Pod>()
  for (const { index, pod } of failed) {
    const other = held.get(index)
    if (!busy.has(index) && (other === undefined || isLater(pod, other))) held.set(index, pod)
  }
  return { given, held }
}

function isGivenUp(job: Job, pod: Pod): boolean {
  const { action } = meaningOfFailure(job, pod)
  if (action === 'FailIndex') return true
  return action !== 'Ignore' && numberIn(pod, FAILURES) >= (job.spec.backoffLimitPerIndex ?? 0)
}

const isLater = (pod: Pod, other: Pod): boolean =>
  failuresBefore(pod) >= failuresBefore(other) && finishedAt(pod) >= finishedAt(other)

const failuresBefore = (pod: Pod): number => numberIn(pod, FAILURES) + numberIn(pod, IGNORED_FAILURES)

function numberIn({ metadata }: Pod, annotation: string): number {
  const text = metadata.annotations?.[annotation]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0
}

/** What the pod that takes the place of `replaced` says of the failures of its part. */
export function failureAnnotations(job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> {
  if (!hasLimitPerIndex(job)) return {}
  if (replaced === undefined) return { [FAILURES]: '0' }
  const isIgnored = meaningOfFailure(job, replaced).action === 'Ignore'
  const ignored = numberIn(replaced, IGNORED_FAILURES) + (isIgnored ? 1 : 0)
  const failures = numberIn(replaced, FAILURES) + (isIgnored ? 0 : 1)
  return { [FAILURES]: String(failures), ...(ignored === 0 ? {} : { [IGNORED_FAILURES]: String(ignored) }) }
}

/** How long until the part that `held` has failed at may be tried again. */
export function retryIndexInMs(held: Pod | undefined, now: Millis): Millis {
  if (held === undefined) return 0
  return Math.max(0, finishedAt(held) + delayAfter(failuresBefore(held) + 1) - now)
}
