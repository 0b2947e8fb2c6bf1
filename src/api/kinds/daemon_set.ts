import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { goNamed, goSame } from '../validation/go_names.ts'
import { amountOrPercentErrors, nonNegative, percentAtMostHundred } from '../validation/numbers.ts'
import { selectorText } from '../validation/selectors.ts'
import { fill, keepSpec, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { labelText } from './service.ts'
import { containerCells } from './stateful_set.ts'
import { countsOf } from './status_counts.ts'
import { daemonTemplateErrors, selectorChangeErrors } from './workload.ts'
import { workloadWarnings } from './workload_warnings.ts'

const HISTORY_DEFAULT = 10
/** Where old clients look for the template's own generation. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

export type DaemonSet = StoredWithSpec<k8s.V1DaemonSet>

const COUNTS = ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady'] as const
const noCounts = (): Record<string, number> => Object.fromEntries(COUNTS.map((count) => [count, 0]))

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  const strategy = part(spec, 'updateStrategy')
  fill(strategy, 'type', 'RollingUpdate')
  if (strategy.type === 'RollingUpdate') {
    const rolling = part(strategy, 'rollingUpdate')
    rolling.maxUnavailable ??= 1
    rolling.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= HISTORY_DEFAULT
  part(draft.metadata, 'annotations')[TEMPLATE_GENERATION] ??= '0'
  podTemplateDefaults(part(spec, 'template'))
}

function prepareUpdate(draft: MutableObject, old: DaemonSet): void {
  draft['status'] = structuredClone(old.status)
  const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0)
  const after = goSame('core.PodTemplateSpec', draft['spec'].template, old.spec.template) ? before : before + 1
  part(draft.metadata, 'annotations')[TEMPLATE_GENERATION] = String(after)
}

function validate({ spec }: DaemonSet): FieldError[] {
  return [
    ...daemonTemplateErrors(spec),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...strategyErrors(spec.updateStrategy ?? {}),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
}

/** A text that is no percentage counts as nothing. */
const nothing = (amount: number | string | undefined): boolean =>
  amount === undefined || amount === 0 || amount === '0%' || (typeof amount === 'string' && !/^\d+%$/.test(amount))

function strategyErrors(strategy: NonNullable<DaemonSet['spec']['updateStrategy']>): FieldError[] {
  const at = 'spec.updateStrategy'
  if (strategy.type === 'OnDelete') return []
  if (strategy.type !== 'RollingUpdate') {
    return [notSupported(at, goNamed('apps.DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete'])]
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {}
  const unavailableAt = `${at}.rollingUpdate.maxUnavailable`
  const surgeAt = `${at}.rollingUpdate.maxSurge`
  return [
    ...amountOrPercentErrors(maxUnavailable, unavailableAt),
    ...percentAtMostHundred(maxUnavailable, unavailableAt),
    ...amountOrPercentErrors(maxSurge, surgeAt),
    ...percentAtMostHundred(maxSurge, surgeAt),
    ...(!nothing(maxUnavailable) && !nothing(maxSurge)
      ? [invalid(surgeAt, maxSurge, 'may not be set when maxUnavailable is non-zero')]
      : []),
    ...(nothing(maxUnavailable) && nothing(maxSurge)
      ? [required(unavailableAt, 'cannot be 0 when maxSurge is 0')]
      : []),
  ]
}

/** Daemon sets. */
export const daemonSetRules: KindRules<DaemonSet> = {
  resource: namespacedRef('apps/v1', 'daemonsets', 'DaemonSet'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = noCounts()
    part(draft.metadata, 'annotations')[TEMPLATE_GENERATION] = '1'
  },
  prepareUpdate,
  prepareStatusUpdate: keepSpec,
  validateStatusUpdate: countsOf([
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ]),
  warnings: workloadWarnings,
  validateCreate: validate,
  validateUpdate: (set, old) => [...selectorChangeErrors(set.spec.selector, old.spec.selector), ...validate(set)],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelText(spec.template.spec?.nodeSelector),
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
    selectorText(spec.selector),
  ],
}
