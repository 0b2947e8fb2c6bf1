import type * as k8s from '@kubernetes/client-node'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { selectorText } from '../validation/selectors.ts'
import { fill, items, keepSpec, keepStatus, type Loose, part } from './draft.ts'
import { ageOf, humanDuration } from './durations.ts'
import { jobStatusErrors } from './job_status.ts'
import { jobErrors, jobUpdateErrors } from './job_validation.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { containerCells } from './stateful_set.ts'
import { hasNewSpec, jobSpecWarnings, nameWarnings } from './workload_warnings.ts'

const BACKOFF_DEFAULT = 6
/** A label's value; a job with a longer name is refused, so it gets no labels either. */
const LABEL_BYTES_MAX = 63

export type Job = StoredWithSpec<k8s.V1Job>

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= backoffDefault(spec)
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  failurePatternDefaults(spec)
  podTemplateDefaults(part(spec, 'template'))
}

/** A condition is meant to hold. */
export function failurePatternDefaults(spec: Loose): void {
  for (const rule of items(spec.podFailurePolicy?.rules)) {
    for (const pattern of items(rule.onPodConditions)) fill(pattern, 'status', 'True')
  }
}

const backoffDefault = (spec: Loose): number =>
  spec.backoffLimitPerIndex === undefined ? BACKOFF_DEFAULT : 2 ** 31 - 1

/** A job without labels of its own has those of its pods. */
function prepareUpdate(draft: MutableObject, old: Job): void {
  keepStatus(draft, old)
  const { spec, metadata } = draft
  const labels = spec.template?.metadata?.labels
  if (labels && Object.keys(metadata['labels'] ?? {}).length === 0) metadata['labels'] = { ...labels }
}

/** Unless the user selects pods by hand, the job's uid does, so that no two jobs share pods. */
function prepareCreate(draft: MutableObject): void {
  draft['status'] = {}
  const { spec, metadata } = draft
  if (spec.manualSelector !== true) selectByUid(spec, metadata['name'] ?? '', metadata['uid'])
  const { labels } = spec.template.metadata
  if (Object.keys(metadata['labels'] ?? {}).length > 0 || !labels) return
  if (String(metadata['name']).length <= LABEL_BYTES_MAX) metadata['labels'] = { ...labels }
}

function selectByUid(spec: Loose, name: string, uid: string): void {
  const labels = part(part(spec.template, 'metadata'), 'labels')
  labels['controller-uid'] = uid
  labels['batch.kubernetes.io/controller-uid'] = uid
  labels['job-name'] = name
  labels['batch.kubernetes.io/job-name'] = name
  part(part(spec, 'selector'), 'matchLabels')['batch.kubernetes.io/controller-uid'] ??= uid
}

const STATUS_WORDS = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet']

function statusWord({ metadata, status }: Job): string {
  const isTrue = (type: string) => status?.conditions?.some((one) => one.type === type && one.status === 'True')
  const word = STATUS_WORDS.find(isTrue)
  const over = word === 'Complete' || word === 'Failed'
  if (metadata.deletionTimestamp !== undefined && !over) return 'Terminating'
  return word ?? 'Running'
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function durationCell({ status }: Job, now: Millis): string {
  const start = fromRfc3339(status?.startTime ?? undefined)
  if (start === undefined) return ''
  return humanDuration((fromRfc3339(status?.completionTime ?? undefined) ?? now) - start)
}

const cells = (job: Job, now: Millis): Cell[] => [
  job.metadata.name,
  statusWord(job),
  completionsCell(job),
  durationCell(job, now),
  ageOf(job.metadata.creationTimestamp, now),
  ...containerCells(job.spec.template),
  selectorText(job.spec.selector),
]

/** Jobs. */
export const jobRules: KindRules<Job> = {
  resource: namespacedRef('batch/v1', 'jobs', 'Job'),
  generation: 'spec',
  defaults,
  prepareCreate,
  prepareUpdate,
  prepareStatusUpdate: keepSpec,
  validateStatusUpdate: jobStatusErrors,
  warnings: (job, old) => [
    ...(old === undefined ? nameWarnings(job.metadata.name) : []),
    ...(hasNewSpec(job, old) ? jobSpecWarnings(job.spec, 'spec') : []),
  ],
  validateCreate: jobErrors,
  validateUpdate: jobUpdateErrors,
  unselectable: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  cells,
}
