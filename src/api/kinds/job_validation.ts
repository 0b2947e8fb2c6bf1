import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required, sortedMap, tooLong } from '../field_error.ts'
import { matchesLabels } from '../selector_match.ts'
import type { Wire } from '../types.ts'
import { domainPathErrors, oneOf } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { goNamed, goSame } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel } from '../validation/names.ts'
import { nonNegative } from '../validation/numbers.ts'
import { labelSelectorErrors, spelledSelector } from '../validation/selectors.ts'
import type { Job } from './job.ts'
import { failurePolicyErrors, successPolicyErrors } from './job_policy_validation.ts'
import { templateErrors } from './pod/pod_template.ts'

const MODES = ['NonIndexed', 'Indexed']
const RESTART_POLICIES = ['OnFailure', 'Never', 'Always']
const MANAGER_BYTES_MAX = 63
const INDEXED_PARALLELISM_MAX = 100_000
const FAILED_INDEXES_MAX = 100_000
const MANY_COMPLETIONS = 100_000
const MANY_COMPLETIONS_LIMIT = 10_000
const UID_LABEL = 'batch.kubernetes.io/controller-uid'
const NAME_LABEL = 'batch.kubernetes.io/job-name'

export type JobSpec = Wire<k8s.V1JobSpec>

/** What is wrong with a job. */
export const jobErrors = (job: Job): FieldError[] => wholeJobErrors(job, true)

function wholeJobErrors(job: Job, prefixed: boolean): FieldError[] {
  const { spec } = job
  return [
    ...generatedSelectorErrors(job, prefixed),
    ...jobSpecErrors(spec, 'spec'),
    ...(spec.selector ? labelSelectorErrors(spec.selector, 'spec.selector') : [required('spec.selector')]),
    ...mismatchErrors(spec),
    ...hostnameErrors(job),
  ]
}

/** The last pod of an indexed job has the longest name, which is its host's name too. */
function hostnameErrors({ spec, metadata }: Job): FieldError[] {
  if (spec.completionMode !== 'Indexed' || !spec.completions || spec.completions <= 0) return []
  const name = `${metadata.name}-${spec.completions - 1}`
  const detail = `will not able to create pod with invalid DNS label: ${name}`
  return dnsLabel(name).length === 0 ? [] : [invalid('metadata.name', metadata.name, detail)]
}

function mismatchErrors({ selector, template }: JobSpec): FieldError[] {
  const labels = template.metadata?.labels
  // No selector finds nothing.
  if (selector && (labelSelectorErrors(selector, '').length > 0 || matchesLabels(selector, labels))) return []
  return [invalid('spec.template.metadata.labels', sortedMap(labels), '`selector` does not match template `labels`')]
}

/**
 * What the server generates ties pods to their job: the template must carry the labels, and the selector must
 * find them. The labels with a prefix are asked for once the job has both.
 */
function generatedSelectorErrors({ spec, metadata }: Job, prefixed: boolean): FieldError[] {
  if (spec.manualSelector === true || !spec.selector) return []
  const expected: Record<string, string> = { 'controller-uid': metadata.uid, 'job-name': metadata.name }
  if (prefixed) Object.assign(expected, { [UID_LABEL]: metadata.uid, [NAME_LABEL]: metadata.name })
  const readable = labelSelectorErrors(spec.selector, '').length === 0
  return [
    ...Object.entries(expected).flatMap(([key, value]) => labelValueErrors(spec.template.metadata?.labels, key, value)),
    ...(!readable || matchesLabels(spec.selector, expected)
      ? []
      : [invalid('spec.selector', spelledSelector(spec.selector), '`selector` not auto-generated')]),
  ]
}

function labelValueErrors(labels: Readonly<Record<string, string>> | undefined, key: string, value: string) {
  const field = `spec.template.metadata.labels[${key}]`
  if (labels?.[key] === undefined) return [required(field, `must be '${value}'`)]
  return labels[key] === value ? [] : [invalid(field, sortedMap(labels), `must be '${value}'`)]
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
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [required(`${at}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...managerErrors(spec.managedBy, `${at}.managedBy`),
    ...modeErrors(spec, at),
    ...failurePolicyErrors(spec, `${at}.podFailurePolicy`),
    ...successPolicyErrors(spec, `${at}.successPolicy`),
    ...replacementErrors(spec, `${at}.podReplacementPolicy`),
    ...templateErrors(spec.template, `${at}.template`, RESTART_POLICIES),
    ...restartPolicyErrors(spec, at),
  ]
}

function managerErrors(manager: string | undefined, field: string): FieldError[] {
  if (manager === undefined) return []
  return [
    ...domainPathErrors(manager, field),
    ...(manager.length > MANAGER_BYTES_MAX ? [tooLong(field, MANAGER_BYTES_MAX)] : []),
  ]
}

function replacementErrors({ podReplacementPolicy: policy, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const known = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  return oneOf(policy, known, field)
}

function modeErrors(spec: JobSpec, at: string): FieldError[] {
  const { completionMode: mode, backoffLimitPerIndex, maxFailedIndexes } = spec
  const plain = mode === undefined || mode === 'NonIndexed'
  const indexed = (value: number | undefined, field: string) =>
    plain && value !== undefined ? [invalid(`${at}.${field}`, value, 'requires indexed completion mode')] : []
  return [
    ...oneOf(mode, MODES, `${at}.completionMode`),
    ...(mode === 'Indexed' ? indexedErrors(spec, at) : []),
    ...indexed(backoffLimitPerIndex, 'backoffLimitPerIndex'),
    ...indexed(maxFailedIndexes, 'maxFailedIndexes'),
  ]
}

function indexedErrors(spec: JobSpec, at: string): FieldError[] {
  const { completions, parallelism = 0, maxFailedIndexes: failed } = spec
  const many = (completions ?? 0) > MANY_COMPLETIONS && spec.backoffLimitPerIndex !== undefined
  return [
    ...(completions === undefined ? [required(`${at}.completions`, 'when completion mode is Indexed')] : []),
    ...atMost(parallelism, INDEXED_PARALLELISM_MAX, `${at}.parallelism`, ' when completion mode is Indexed'),
    ...(completions !== undefined && failed !== undefined && failed > completions
      ? [invalid(`${at}.maxFailedIndexes`, failed, 'must be less than or equal to completions')]
      : []),
    ...atMost(failed ?? 0, FAILED_INDEXES_MAX, `${at}.maxFailedIndexes`),
    ...(many ? manyCompletionsErrors(spec, at) : []),
  ]
}

const atMost = (value: number, limit: number, field: string, rest = ''): FieldError[] =>
  value > limit ? [invalid(field, value, `must be less than or equal to ${limit}${rest}`)] : []

function manyCompletionsErrors({ parallelism = 0, maxFailedIndexes: failed }: JobSpec, at: string): FieldError[] {
  const rest = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`
  return [
    ...(failed === undefined
      ? [required(`${at}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`)]
      : []),
    ...atMost(parallelism, MANY_COMPLETIONS_LIMIT, `${at}.parallelism`, rest),
    ...atMost(failed ?? 0, MANY_COMPLETIONS_LIMIT, `${at}.maxFailedIndexes`, rest),
  ]
}

function restartPolicyErrors({ template, podFailurePolicy }: JobSpec, at: string): FieldError[] {
  const policy = template.spec?.restartPolicy
  const field = `${at}.template.spec.restartPolicy`
  if (!policy || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(field, policy, ['OnFailure', 'Never'])]
  if (podFailurePolicy === undefined || policy === 'Never') return []
  return [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
}

/** What is wrong with a change: what the job makes may not change, how much of it at a time may. */
export function jobUpdateErrors(job: Job, old: Job): FieldError[] {
  const { spec } = job
  const before = old.spec
  return [
    // Upstream checks a changed job as a new one, and then its spec once more.
    ...wholeJobErrors(job, hasPrefixedLabels(before)),
    ...jobSpecErrors(spec, 'spec'),
    ...(spec.selector ? labelSelectorErrors(spec.selector, 'spec.selector') : [required('spec.selector')]),
    ...mismatchErrors(spec),
    ...completionsErrors(spec, before),
    ...selectorFixed(spec, before),
    ...templateChangeErrors(job, old),
    ...immutableErrors(spec.completionMode, before.completionMode, 'spec.completionMode'),
    ...fixed(spec.podFailurePolicy, before.podFailurePolicy, 'spec.podFailurePolicy', '*batch.PodFailurePolicy'),
    ...immutableErrors(spec.backoffLimitPerIndex, before.backoffLimitPerIndex, 'spec.backoffLimitPerIndex'),
    ...immutableErrors(spec.managedBy, before.managedBy, 'spec.managedBy'),
    ...fixed(spec.successPolicy, before.successPolicy, 'spec.successPolicy', '*batch.SuccessPolicy'),
  ]
}

const hasPrefixedLabels = ({ template }: JobSpec): boolean =>
  [UID_LABEL, NAME_LABEL].every((label) => template.metadata?.labels?.[label] !== undefined)

const fixed = (value: unknown, old: unknown, field: string, type: string): FieldError[] =>
  goSame(type, value, old) ? [] : [invalid(field, goNamed(type, value), 'field is immutable')]

const selectorFixed = ({ selector }: JobSpec, old: JobSpec): FieldError[] =>
  equal(selector, old.selector) ? [] : [invalid('spec.selector', spelledSelector(selector), 'field is immutable')]

/** An indexed job may grow, if all its pods may run side by side. */
function completionsErrors(spec: JobSpec, old: JobSpec): FieldError[] {
  const { completions } = spec
  if (spec.completionMode !== 'Indexed') return immutableErrors(completions, old.completions, 'spec.completions')
  if (completions === undefined || completions === old.completions || completions === spec.parallelism) return []
  return [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
}

/** Before a suspended job has ever run, where its pods may run and what they ask for can still change. */
function templateChangeErrors({ spec }: Job, old: Job): FieldError[] {
  const { suspend } = old.spec
  const open = suspend === true && old.status?.startTime === undefined
  const before = open ? withDirectivesOf(spec.template, old.spec.template) : old.spec.template
  if (!open) return fixed(spec.template, before, 'spec.template', 'core.PodTemplateSpec')
  return fixed(spec.template.spec, before.spec, 'spec.template.spec', 'core.PodSpec')
}

function withDirectivesOf(template: JobSpec['template'], old: JobSpec['template']): JobSpec['template'] {
  const { spec } = template
  if (spec === undefined || old.spec === undefined) return old
  const { nodeSelector: _selector, tolerations: _tolerations, schedulingGates: _gates, affinity, ...rest } = old.spec
  const nodeAffinity = spec.affinity?.nodeAffinity
  const { nodeAffinity: _before, ...otherAffinity } = affinity ?? {}
  const merged = { ...otherAffinity, ...(nodeAffinity === undefined ? {} : { nodeAffinity }) }
  const resourcesOf = (list: 'containers' | 'initContainers') =>
    (old.spec?.[list] ?? []).map((one, index) => {
      const now = spec[list]?.[index]
      return now?.name === one.name && now.resources !== undefined ? { ...one, resources: now.resources } : one
    })
  return {
    ...old,
    spec: {
      ...rest,
      containers: resourcesOf('containers'),
      ...(old.spec.initContainers === undefined ? {} : { initContainers: resourcesOf('initContainers') }),
      ...(spec.nodeSelector === undefined ? {} : { nodeSelector: spec.nodeSelector }),
      ...(spec.tolerations === undefined ? {} : { tolerations: spec.tolerations }),
      ...(spec.schedulingGates === undefined ? {} : { schedulingGates: spec.schedulingGates }),
      ...(Object.keys(merged).length === 0 ? {} : { affinity: merged }),
    },
  }
}
