import { type FieldError, invalid, notSupported } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { DISRUPTION_BUDGETS } from '../resources.ts'
import type { PodDisruptionBudget } from '../types.ts'
import { conditionErrors } from '../validation/conditions.ts'
import { goNamed } from '../validation/go_names.ts'
import { amountOrPercentErrors, nonNegative, percentAtMostHundred } from '../validation/numbers.ts'
import { labelSelectorErrors } from '../validation/selectors.ts'
import { keepSpec, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget']
const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const

function validate({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec
  const both = 'minAvailable and maxUnavailable cannot be both set'
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalid('spec', goNamed('policy.PodDisruptionBudgetSpec', spec), both)]
      : []),
    ...amountErrors(minAvailable, 'spec.minAvailable'),
    ...amountErrors(maxUnavailable, 'spec.maxUnavailable'),
    ...labelSelectorErrors(spec.selector, 'spec.selector'),
    ...(policy !== undefined && !EVICTION_POLICIES.includes(policy)
      ? [notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES)]
      : []),
  ]
}

const amountErrors = (amount: number | string | undefined, field: string): FieldError[] => [
  ...amountOrPercentErrors(amount, field),
  ...percentAtMostHundred(amount, field),
]

const validateStatus = ({ status }: PodDisruptionBudget): FieldError[] => [
  ...conditionErrors(status?.conditions, 'status.conditions'),
  ...COUNTS.flatMap((name) => nonNegative(status?.[name], `status.${name}`)),
]

function prepareCreate(draft: MutableObject): void {
  draft['status'] = Object.fromEntries(COUNTS.map((name) => [name, 0]))
}

const amountCell = (amount: number | string | undefined): string => (amount === undefined ? 'N/A' : String(amount))

/** How many pods may be away on purpose. */
export const disruptionBudgetRules: KindRules<PodDisruptionBudget> = {
  resource: DISRUPTION_BUDGETS,
  generation: 'spec',
  defaults: (draft) => part(draft, 'spec'),
  prepareCreate,
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  validateCreate: validate,
  validateStatusUpdate: validateStatus,
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    amountCell(spec.minAvailable),
    amountCell(spec.maxUnavailable),
    status?.disruptionsAllowed ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ],
}
