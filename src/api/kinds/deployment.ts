import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { equal } from '../validation/equality.ts'
import { goNamed, goSame } from '../validation/go_names.ts'
import { amountOrPercentErrors, nonNegative, percentAtMostHundred } from '../validation/numbers.ts'
import { selectorText } from '../validation/selectors.ts'
import { fill, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { containerCells } from './stateful_set.ts'
import { replicaCountsOf } from './status_counts.ts'
import { selectorChangeErrors, workloadSelectorErrors, workloadTemplateErrors } from './workload.ts'
import { namedWorkloadWarnings } from './workload_warnings.ts'

const PROGRESS_SECONDS_DEFAULT = 600
const HISTORY_DEFAULT = 10

export type Deployment = StoredWithSpec<k8s.V1Deployment>

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  spec.replicas ??= 1
  const strategy = part(spec, 'strategy')
  fill(strategy, 'type', 'RollingUpdate')
  if (strategy.type === 'RollingUpdate') {
    const rolling = part(strategy, 'rollingUpdate')
    rolling.maxUnavailable ??= '25%'
    rolling.maxSurge ??= '25%'
  }
  spec.revisionHistoryLimit ??= HISTORY_DEFAULT
  spec.progressDeadlineSeconds ??= PROGRESS_SECONDS_DEFAULT
  podTemplateDefaults(part(spec, 'template'))
}

function validate({ spec }: Deployment): FieldError[] {
  const { progressDeadlineSeconds: progress, minReadySeconds = 0 } = spec
  const field = 'spec.progressDeadlineSeconds'
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...workloadSelectorErrors(spec.selector, 'deployment'),
    ...workloadTemplateErrors(spec, 'ReplicaSet'),
    ...strategyErrors(spec.strategy ?? {}),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...nonNegative(progress, field),
    ...(progress !== undefined && progress <= minReadySeconds
      ? [invalid(field, progress, 'must be greater than minReadySeconds')]
      : []),
  ]
}

function strategyErrors(strategy: NonNullable<Deployment['spec']['strategy']>): FieldError[] {
  const { type, rollingUpdate: rolling } = strategy
  const at = 'spec.strategy'
  if (type === 'Recreate') {
    const detail = "may not be specified when strategy `type` is 'Recreate'"
    return rolling === undefined ? [] : [forbidden(`${at}.rollingUpdate`, detail)]
  }
  if (type !== 'RollingUpdate') {
    return [notSupported(at, goNamed('apps.DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate'])]
  }
  const { maxUnavailable, maxSurge } = rolling ?? {}
  const nothing = (amount: number | string | undefined) => amount === 0 || amount === '0%'
  return [
    ...amountOrPercentErrors(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`),
    ...amountOrPercentErrors(maxSurge, `${at}.rollingUpdate.maxSurge`),
    ...(nothing(maxUnavailable) && nothing(maxSurge)
      ? [invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...percentAtMostHundred(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`),
  ]
}

/** A status may not bring labels. */
function prepareStatusUpdate(draft: MutableObject, old: Deployment): void {
  draft['spec'] = structuredClone(old.spec)
  if (old.metadata.labels === undefined) delete draft.metadata['labels']
  else draft.metadata['labels'] = { ...old.metadata.labels }
}

const COUNTS = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
]

/** Deployments. */
export const deploymentRules: KindRules<Deployment> = {
  resource: namespacedRef('apps/v1', 'deployments', 'Deployment'),
  generation: 'spec',
  generationGrows: (draft, old) =>
    !goSame('apps.DeploymentSpec', draft['spec'], old.spec) ||
    !equal(draft.metadata['annotations'], old.metadata.annotations),
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate,
  validateStatusUpdate: replicaCountsOf(COUNTS, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
  warnings: namedWorkloadWarnings,
  validateCreate: validate,
  validateUpdate: (deployment, old) => [
    ...validate(deployment),
    ...selectorChangeErrors(deployment.spec.selector, old.spec.selector),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
    selectorText(spec.selector),
  ],
}
