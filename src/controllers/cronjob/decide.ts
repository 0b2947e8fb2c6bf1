import { apiVersionOf } from '../../api/resource.ts'
import { CRON_JOBS, JOBS } from '../../api/resources.ts'
import type { CronJob, CronJobStatus, Draft, Job } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339, toRfc3339 } from '../../base/time.ts'
import { controllerReferenceTo } from '../runtime/workload/ownership.ts'
import { LOOK_AFTER_MS, MISSED_RUNS_MAX } from './limits.ts'
import { type Missed, missedRuns } from './next_run.ts'
import { parseSchedule } from './schedule.ts'
import { isZone } from './zone.ts'

export interface CronJobView {
  readonly cronJob: CronJob
  /** The Jobs that it controls. */
  readonly jobs: readonly Job[]
  readonly now: Millis
}

export interface Told {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface CronJobPlan {
  readonly create: Draft<Job> | undefined
  readonly remove: readonly Job[]
  readonly status: CronJobStatus
  readonly events: readonly Told[]
  readonly lookAgainMs: Millis | undefined
}

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/** Whether and how a Job has ended. */
export const endOf = ({ status }: Job): 'Complete' | 'Failed' | undefined => {
  const found = status?.conditions?.find(
    ({ type, status: value }) => /^(Complete|Failed)$/.test(type) && value === 'True',
  )
  return found && (found.type === 'Complete' ? 'Complete' : 'Failed')
}

/** Starts the Job that is due, and clears away those that are no longer wanted. Pure. */
export function decideCronJob(view: CronJobView): CronJobPlan {
  const { cronJob, jobs, now } = view
  const running = jobs.filter((job) => endOf(job) === undefined)
  const base = { create: undefined, remove: surplusHistory(cronJob, jobs), events: endedNow(cronJob, jobs) }
  const status = statusOf(cronJob, { running, jobs })
  const nothing: CronJobPlan = { ...base, status, lookAgainMs: undefined }
  if (cronJob.metadata.deletionTimestamp !== undefined || cronJob.spec.suspend === true) return nothing
  const zone = cronJob.spec.timeZone ?? 'UTC'
  const schedule = parseSchedule(cronJob.spec.schedule)
  if (schedule === undefined || !isZone(zone))
    return { ...nothing, events: [...base.events, unreadable(cronJob, zone)] }
  const missed = missedRuns(schedule, { from: searchFrom(cronJob, now), now, zone, most: MISSED_RUNS_MAX })
  const lookAgainMs = missed.next === undefined ? undefined : missed.next - now + LOOK_AFTER_MS
  return { ...nothing, lookAgainMs, ...start(view, missed, { running, nothing }) }
}

function unreadable({ spec }: CronJob, zone: string): Told {
  const isBadZone = !isZone(zone)
  return {
    type: 'Warning',
    reason: isBadZone ? 'UnknownTimeZone' : 'UnparseableSchedule',
    message: isBadZone ? `invalid timeZone: "${zone}"` : `unparseable schedule: "${spec.schedule}"`,
  }
}

/** Runs before the last one, before the CronJob itself or too old to be started are not looked for. */
function searchFrom({ metadata, spec, status }: CronJob, now: Millis): Millis {
  const since = fromRfc3339(status?.lastScheduleTime) ?? fromRfc3339(metadata.creationTimestamp) ?? now
  const { startingDeadlineSeconds: deadline } = spec
  return deadline === undefined ? since : Math.max(since, now - deadline * 1000)
}

interface Standing {
  readonly running: readonly Job[]
  readonly nothing: CronJobPlan
}

function start({ cronJob, jobs }: CronJobView, { last, tooMany }: Missed, standing: Standing): Partial<CronJobPlan> {
  const { running, nothing } = standing
  const events = tooMany ? [...nothing.events, tooManyMissed()] : nothing.events
  if (last === undefined) return { events }
  const draft = newJob(cronJob, last)
  const isThere = jobs.some(({ metadata }) => metadata.name === draft.metadata.name)
  if (isThere) return { events, status: { ...nothing.status, lastScheduleTime: toRfc3339(last) } }
  const { concurrencyPolicy } = cronJob.spec
  if (concurrencyPolicy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    return { events: [...events, { type: 'Normal', reason: 'JobAlreadyActive', message }] }
  }
  const replaced = concurrencyPolicy === 'Replace' ? running : []
  return {
    create: draft,
    remove: [...nothing.remove, ...replaced],
    events,
    status: {
      ...statusOf(cronJob, { running: concurrencyPolicy === 'Replace' ? [] : running, jobs }),
      lastScheduleTime: toRfc3339(last),
    },
  }
}

const tooManyMissed = (): Told => ({
  type: 'Warning',
  reason: 'TooManyMissedTimes',
  message: 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
})

/** Named after its moment in minutes, so that one run can never be started twice. */
function newJob(cronJob: CronJob, at: Millis): Draft<Job> {
  const { metadata = {}, spec = { template: {} } } = cronJob.spec.jobTemplate
  return {
    metadata: {
      name: `${cronJob.metadata.name}-${Math.floor(at / 60_000)}`,
      namespace: cronJob.metadata.namespace ?? '',
      labels: { ...metadata.labels },
      annotations: { ...metadata.annotations, [SCHEDULED_AT]: toRfc3339(at) },
      ownerReferences: [controllerReferenceTo(CRON_JOBS, cronJob)],
    },
    spec,
  }
}

function statusOf(
  { status }: CronJob,
  { running, jobs }: { readonly running: readonly Job[]; readonly jobs: readonly Job[] },
): CronJobStatus {
  const { active: _, lastSuccessfulTime, ...kept } = status ?? {}
  const ends = jobs.flatMap((job) => (endOf(job) === 'Complete' ? (job.status?.completionTime ?? []) : []))
  const last = [lastSuccessfulTime, ...ends]
    .filter((at) => at !== undefined)
    .sort()
    .at(-1)
  return {
    ...kept,
    ...(running.length === 0 ? {} : { active: running.map(referenceTo) }),
    ...(last === undefined ? {} : { lastSuccessfulTime: last }),
  }
}

export const referenceTo = ({ metadata }: Job): NonNullable<CronJobStatus['active']>[number] => {
  const { name, namespace = '', uid, resourceVersion } = metadata
  return { kind: JOBS.kind, apiVersion: apiVersionOf(JOBS), namespace, name, uid, resourceVersion }
}

/** Jobs that the status still holds as active and that have ended or gone. */
function endedNow({ status }: CronJob, jobs: readonly Job[]): readonly Told[] {
  return (status?.active ?? []).flatMap(({ uid, name }): Told[] => {
    const job = jobs.find(({ metadata }) => metadata.uid === uid)
    if (job === undefined)
      return [{ type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` }]
    const end = endOf(job)
    if (end === undefined) return []
    return [{ type: 'Normal', reason: 'SawCompletedJob', message: `Saw completed job: ${name}, condition: ${end}` }]
  })
}

/** Finished Jobs beyond the limits, oldest first. */
function surplusHistory({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const beyond = (end: 'Complete' | 'Failed', limit: number | undefined) => {
    const ended = jobs.filter((job) => endOf(job) === end && job.metadata.deletionTimestamp === undefined)
    const startOf = ({ status, metadata }: Job) => `${status?.startTime ?? ''} ${metadata.name}`
    const ordered = ended.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
    return limit === undefined ? [] : ordered.slice(0, Math.max(0, ended.length - limit))
  }
  return [...beyond('Complete', spec.successfulJobsHistoryLimit), ...beyond('Failed', spec.failedJobsHistoryLimit)]
}
