import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { nonNegative } from '../validation/numbers.ts'
import { spelledSelector } from '../validation/selectors.ts'
import { fill, keepSpec, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { failurePatternDefaults } from './job.ts'
import { type JobSpec, jobSpecErrors } from './job_validation.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { containerCells } from './stateful_set.ts'
import { hasNewSpec, jobSpecWarnings, nameWarnings } from './workload_warnings.ts'

const POLICIES = ['Allow', 'Forbid', 'Replace']
/** Eleven characters fewer than a job's name: the moment of the run follows. */
const NAME_CHARACTERS_MAX = 52
const SCHEDULE_FIELDS = 5

export type CronJob = StoredWithSpec<k8s.V1CronJob>

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  fill(spec, 'concurrencyPolicy', 'Allow')
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  const job = part(part(spec, 'jobTemplate'), 'spec')
  failurePatternDefaults(job)
  podTemplateDefaults(part(job, 'template'))
}

function validate({ spec, metadata }: CronJob): FieldError[] {
  const { concurrencyPolicy: policy } = spec
  return [
    ...scheduleErrors(spec.schedule ?? ''),
    ...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...timeZoneErrors(spec.timeZone),
    ...(policy !== undefined && !POLICIES.includes(policy)
      ? [notSupported('spec.concurrencyPolicy', policy, POLICIES)]
      : []),
    ...jobTemplateErrors(spec.jobTemplate.spec ?? { template: {} }, 'spec.jobTemplate.spec'),
    ...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
    ...(metadata.name.length > NAME_CHARACTERS_MAX
      ? [invalid('metadata.name', metadata.name, `must be no more than ${NAME_CHARACTERS_MAX} characters`)]
      : []),
  ]
}

/** What a Job gets from the system cannot stand in a template. */
const jobTemplateErrors = (spec: JobSpec, at: string): FieldError[] => [
  ...jobSpecErrors(spec, at),
  ...(spec.selector === undefined
    ? []
    : [invalid(`${at}.selector`, spelledSelector(spec.selector), '`selector` will be auto-generated')]),
  ...(spec.manualSelector ? [notSupported(`${at}.manualSelector`, true, ['nil', 'false'])] : []),
]

function scheduleErrors(schedule: string): FieldError[] {
  const field = 'spec.schedule'
  if (schedule === '') return [required(field)]
  if (schedule.includes('TZ')) {
    return [invalid(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
  }
  if (schedule.startsWith('@')) return []
  const fields = schedule.split(/\s+/).filter((field) => field !== '')
  if (fields.length === SCHEDULE_FIELDS) return []
  const detail = `expected exactly ${SCHEDULE_FIELDS} fields, found ${fields.length}: [${fields.join(' ')}]`
  return [invalid(field, schedule, detail)]
}

function timeZoneErrors(timeZone: string | undefined): FieldError[] {
  const field = 'spec.timeZone'
  if (timeZone === undefined) return []
  if (timeZone === '') return [invalid(field, timeZone, 'timeZone must be nil or non-empty string')]
  if (timeZone.toLowerCase() === 'local')
    return [
      invalid(field, timeZone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'),
    ]
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return []
  } catch {
    return [invalid(field, timeZone, `unknown time zone ${timeZone}`)]
  }
}

/** Cron jobs. */
export const cronJobRules: KindRules<CronJob> = {
  resource: namespacedRef('batch/v1', 'cronjobs', 'CronJob'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  warnings: (job, old) => [
    ...(old === undefined ? nameWarnings(job.metadata.name) : []),
    ...(hasNewSpec(job, old) ? jobSpecWarnings(job.spec.jobTemplate.spec ?? {}, 'spec.jobTemplate.spec') : []),
  ],
  validateCreate: validate,
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.schedule,
    spec.timeZone ?? '<none>',
    spec.suspend === true ? 'True' : 'False',
    status?.active?.length ?? 0,
    status?.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, now),
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.jobTemplate.spec?.template ?? {}),
    '<none>',
  ],
}
