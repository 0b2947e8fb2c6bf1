import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required, sortedMap } from '../field_error.ts'
import { matchesLabels } from '../selector_match.ts'
import type { Wire } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { nonNegative } from '../validation/numbers.ts'
import { labelSelectorErrors, spelledSelector } from '../validation/selectors.ts'
import type { Job } from './job.ts'
import { templateErrors } from './pod_template.ts'

const MODES = ['NonIndexed', 'Indexed']
const UID_LABEL = 'batch.kubernetes.io/controller-uid'

export type JobSpec = Wire<k8s.V1JobSpec>

/** What is wrong with a job. */
export function jobErrors(job: Job): FieldError[] {
  const { spec } = job
  return [
    ...generatedSelectorErrors(job),
    ...jobSpecErrors(spec, 'spec'),
    ...(spec.selector ? labelSelectorErrors(spec.selector, 'spec.selector') : [required('spec.selector')]),
    ...mismatchErrors(spec),
  ]
}

function mismatchErrors({ selector, template }: JobSpec): FieldError[] {
  const labels = template.metadata?.labels
  if (!selector || labelSelectorErrors(selector, '').length > 0 || matchesLabels(selector, labels)) return []
  return [invalid('spec.template.metadata.labels', sortedMap(labels), '`selector` does not match template `labels`')]
}

/** A selector that was made from the uid has nothing else in it. */
function generatedSelectorErrors({ spec, metadata }: Job): FieldError[] {
  if (spec.manualSelector === true || !spec.selector) return []
  const expected = { matchLabels: { [UID_LABEL]: metadata.uid } }
  if (equal(spec.selector, expected)) return []
  return [invalid('spec.selector', spelledSelector(spec.selector), '`selector` not auto-generated')]
}

/** What is wrong with the spec of a job, of its own or in a template. */
export function jobSpecErrors(spec: JobSpec, at: string): FieldError[] {
  const counts = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const
  return [
    ...counts.flatMap((name) => nonNegative(spec[name], `${at}.${name}`)),
    ...modeErrors(spec, at),
    ...templateErrors(spec.template, `${at}.template`, ['OnFailure', 'Never', 'Always']),
    ...restartPolicyErrors(spec, at),
  ]
}

function modeErrors({ completionMode: mode, completions }: JobSpec, at: string): FieldError[] {
  if (mode === undefined) return []
  if (!MODES.includes(mode)) return [notSupported(`${at}.completionMode`, mode, MODES)]
  if (mode !== 'Indexed' || completions !== undefined) return []
  return [required(`${at}.completions`, 'when completion mode is Indexed')]
}

function restartPolicyErrors({ template }: JobSpec, at: string): FieldError[] {
  const policy = template.spec?.restartPolicy
  if (policy === 'OnFailure' || policy === 'Never') return []
  const field = `${at}.template.spec.restartPolicy`
  if (!policy || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')]
  return []
}

/** What is wrong with a change: what the job makes may not change, how much of it at a time may. */
export function jobUpdateErrors(job: Job, old: Job): FieldError[] {
  const { spec } = job
  const elastic =
    spec.completionMode === 'Indexed' && old.spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [
    ...jobSpecErrors(spec, 'spec'),
    ...(elastic ? [] : immutableErrors(spec.completions, old.spec.completions, 'spec.completions')),
    ...(equal(spec.selector, old.spec.selector)
      ? []
      : [invalid('spec.selector', spelledSelector(spec.selector), 'field is immutable')]),
    ...templateChangeErrors(spec, old.spec),
    ...immutableErrors(spec.completionMode, old.spec.completionMode, 'spec.completionMode'),
    ...immutableErrors(spec.podFailurePolicy, old.spec.podFailurePolicy, 'spec.podFailurePolicy'),
    ...immutableErrors(spec.backoffLimitPerIndex, old.spec.backoffLimitPerIndex, 'spec.backoffLimitPerIndex'),
    ...immutableErrors(spec.managedBy, old.spec.managedBy, 'spec.managedBy'),
  ]
}

function templateChangeErrors(spec: JobSpec, old: JobSpec): FieldError[] {
  if (equal(spec.template.spec, old.template.spec)) {
    if (equal(spec.template.metadata, old.template.metadata)) return []
    return [invalid('spec.template', goNamed('core.PodTemplateSpec', spec.template), 'field is immutable')]
  }
  return [invalid('spec.template.spec', goNamed('core.PodSpec', spec.template.spec), 'field is immutable')]
}
