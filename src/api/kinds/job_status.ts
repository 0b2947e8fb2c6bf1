import { duplicate, type FieldError, invalid, required } from '../field_error.ts'
import type { Job } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { nonNegative } from '../validation/numbers.ts'
import { items, type Loose } from './draft.ts'
import { indexesOf } from './job_indexes.ts'

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating']
const CONDITIONS = 'status.conditions'

interface Change {
  readonly spec: Loose
  readonly now: Loose
  readonly old: Loose
}

const has = (status: Loose, type: string): boolean =>
  items(status.conditions).some((one) => one.type === type && one.status === 'True')

const isFinished = (status: Loose): boolean => has(status, 'Complete') || has(status, 'Failed')

/** Whether one of these fields is another than before. */
const differs = ({ now, old }: Change, ...names: string[]): boolean =>
  names.some((name) => !equal(now[name], old[name]))

/** Whether one of these conditions is another than before. */
const turned = ({ now, old }: Change, ...types: string[]): boolean =>
  types.some((type) => has(now, type) !== has(old, type))

const finishes = ({ now, old }: Change): boolean => isFinished(now) !== isFinished(old)

const contradiction = (detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: CONDITIONS,
  message: `Invalid value: ${detail}`,
})

/** What is wrong with a job's new status; what was wrong before and is left as it was is let be. */
export function jobStatusErrors(job: Job, before: Job): FieldError[] {
  const change = { spec: job.spec as Loose, now: (job.status ?? {}) as Loose, old: (before.status ?? {}) as Loose }
  const { now } = change
  return [
    ...COUNTS.flatMap((name) => nonNegative(now[name], `status.${name}`)),
    ...uncountedErrors(now.uncountedTerminatedPods),
    ...outcomeErrors(change),
    ...finishedErrors(change),
    ...indexErrors(change),
    ...podErrors(change),
    ...criteriaErrors(change),
    ...backwardErrors(change),
  ]
}

function uncountedErrors(uncounted: Loose): FieldError[] {
  const seen = new Set<string>()
  return ['succeeded', 'failed'].flatMap((list) =>
    items(uncounted?.[list]).flatMap((uid, index) => {
      const field = `status.uncountedTerminatedPods.${list}[${index}]`
      if (uid === '') return [invalid(field, uid, 'must not be empty')]
      if (seen.has(uid)) return [duplicate(field, uid)]
      seen.add(uid)
      return []
    }),
  )
}

/** A job completes or fails, each by its way and with its times. */
function outcomeErrors(change: Change): FieldError[] {
  const { now } = change
  const [complete, failed] = [has(now, 'Complete'), has(now, 'Failed')]
  const { startTime, completionTime } = now
  const field = 'status.completionTime'
  const timed = turned(change, 'Complete') || differs(change, 'completionTime')
  const rules: readonly (readonly [boolean, FieldError])[] = [
    [
      turned(change, 'Complete', 'Failed') && complete && failed,
      contradiction('cannot set Complete=True and Failed=true conditions'),
    ],
    [
      turned(change, 'Complete', 'FailureTarget') && complete && has(now, 'FailureTarget'),
      contradiction('cannot set Complete=True and FailureTarget=true conditions'),
    ],
    [
      timed && completionTime !== undefined && !complete,
      invalid(field, completionTime, 'cannot set completionTime when there is no Complete=True condition'),
    ],
    [
      timed && completionTime === undefined && complete,
      required(field, 'completionTime is required for Complete jobs'),
    ],
    [
      differs(change, 'startTime', 'completionTime') && Date.parse(completionTime) < Date.parse(startTime),
      invalid(field, completionTime, 'must be equal to or after `startTime`'),
    ],
    [
      (turned(change, 'Failed') || differs(change, 'failedIndexes')) && failed && !has(now, 'FailureTarget'),
      contradiction('cannot set Failed=True condition without the FailureTarget=true condition'),
    ],
    [
      turned(change, 'Complete', 'SuccessCriteriaMet') && complete && !has(now, 'SuccessCriteriaMet'),
      contradiction('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
    ],
  ]
  return rules.flatMap(([broken, fault]) => (broken ? [fault] : []))
}

/** A job that has ended runs nothing any more, and once began. */
function finishedErrors(change: Change): FieldError[] {
  const { spec, now } = change
  if (!isFinished(now)) return []
  const ends = finishes(change)
  const { active = 0, startTime, uncountedTerminatedPods: uncounted } = now
  const isEmptyJob = spec.suspend === true && spec.completions === 0
  const left = items(uncounted?.failed).length + items(uncounted?.succeeded).length
  return [
    ...((ends || differs(change, 'active')) && active > 0
      ? [invalid('status.active', active, 'active>0 is invalid for finished job')]
      : []),
    ...((ends || differs(change, 'startTime')) && !isEmptyJob && startTime === undefined
      ? [required('status.startTime', 'startTime is required for finished job')]
      : []),
    ...((ends || differs(change, 'uncountedTerminatedPods')) && left > 0
      ? [invalid('status.uncountedTerminatedPods', uncounted, 'must be empty for finished job')]
      : []),
  ]
}

/** Indexes are those of an indexed job; failed ones are told only where each index has retries of its own. */
function indexErrors(change: Change): FieldError[] {
  const { spec, now } = change
  const { completedIndexes = '', failedIndexes } = now
  const [completed, failed] = ['status.completedIndexes', 'status.failedIndexes']
  const completedFault =
    spec.completions === undefined ? undefined : indexesOf(completedIndexes, spec.completions).fault
  const isPerIndex = spec.backoffLimitPerIndex !== undefined
  const failedFault =
    spec.completions === undefined || !isPerIndex ? undefined : indexesOf(failedIndexes ?? '', spec.completions).fault
  const isOther = 'cannot set non-empty completedIndexes when non-indexed completion mode'
  const isNoLimit = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
  const [didComplete, didFail] = [differs(change, 'completedIndexes'), differs(change, 'failedIndexes')]
  return [
    ...(didComplete && completedFault !== undefined
      ? [invalid(completed, completedIndexes, `error parsing completedIndexes: ${completedFault}`)]
      : []),
    ...(didFail && failedFault !== undefined
      ? [invalid(failed, failedIndexes, `error parsing failedIndexes: ${failedFault}`)]
      : []),
    ...(didComplete && completedIndexes !== '' && spec.completionMode !== 'Indexed'
      ? [invalid(completed, completedIndexes, isOther)]
      : []),
    ...(didFail && failedIndexes !== undefined && !isPerIndex ? [invalid(failed, failedIndexes, isNoLimit)] : []),
  ]
}

function podErrors(change: Change): FieldError[] {
  const { active = 0, ready, terminating } = change.now
  const isLate = isFinished(change.now) && (finishes(change) || differs(change, 'terminating'))
  return [
    ...(isLate && terminating > 0
      ? [invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job')]
      : []),
    ...(differs(change, 'ready', 'active') && ready !== undefined && ready > active
      ? [invalid('status.ready', ready, 'cannot set more ready pods than active')]
      : []),
  ]
}

function criteriaErrors({ spec, now }: Change): FieldError[] {
  const isMet = has(now, 'SuccessCriteriaMet')
  const faults = [
    ...(isMet && has(now, 'Failed') ? ['cannot set SuccessCriteriaMet=True and Failed=true conditions'] : []),
    ...(isMet && has(now, 'FailureTarget')
      ? ['cannot set SuccessCriteriaMet=True and FailureTarget=true conditions']
      : []),
    ...(spec.successPolicy !== undefined && !isMet && has(now, 'Complete')
      ? ['cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True']
      : []),
  ]
  return faults.map(contradiction)
}

/** What was said once and for all is not taken back, and what was counted stays counted. */
function backwardErrors(change: Change): FieldError[] {
  const { spec, now, old } = change
  const undone = ['Failed', 'Complete', 'FailureTarget'].filter((type) => has(old, type) && !has(now, type))
  const mayShrink = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  const fewer = (name: string): FieldError[] =>
    (now[name] ?? 0) < (old[name] ?? 0)
      ? [invalid(`status.${name}`, now[name] ?? 0, `cannot decrease the ${name} counter`)]
      : []
  const resumes = has(old, 'Suspended') && items(now.conditions).some(isResumed)
  // Upstream refuses to take it away, too. Here the controller has set it at once, where a client may not expect it yet.
  const isOther = now.startTime !== undefined && old.startTime !== undefined && differs(change, 'startTime')
  const restarted = isOther && !resumes && spec.suspend !== true
  const moved =
    now.completionTime !== undefined && old.completionTime !== undefined && differs(change, 'completionTime')
  const isMet = has(now, 'SuccessCriteriaMet')
  return [
    ...undone.map((type) => contradiction(`cannot disable the terminal ${type}=True condition`)),
    ...fewer('failed'),
    ...(mayShrink ? [] : fewer('succeeded')),
    ...(moved ? [invalid('status.completionTime', now.completionTime, 'field is immutable')] : []),
    ...(restarted
      ? [invalid('status.startTime', now.startTime, 'field is immutable for unsuspended job once set')]
      : []),
    ...(has(old, 'SuccessCriteriaMet') && !isMet
      ? [contradiction('cannot disable the SuccessCriteriaMet=True condition')]
      : []),
    ...(has(old, 'Complete') && !has(old, 'SuccessCriteriaMet') && isMet
      ? [contradiction('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions')]
      : []),
  ]
}

const isResumed = ({ type, status }: Loose): boolean => type === 'Suspended' && status === 'False'
