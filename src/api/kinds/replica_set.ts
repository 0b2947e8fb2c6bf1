import type * as k8s from '@kubernetes/client-node'
import type { FieldError } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { nonNegative } from '../validation/numbers.ts'
import { selectorText } from '../validation/selectors.ts'
import { keepSpec, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { containerCells } from './stateful_set.ts'
import { replicaSetStatusErrors } from './status_counts.ts'
import { selectorChangeErrors, workloadSelectorErrors, workloadTemplateErrors } from './workload.ts'
import { namedWorkloadWarnings } from './workload_warnings.ts'

export type ReplicaSet = StoredWithSpec<k8s.V1ReplicaSet>

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  spec.replicas ??= 1
  podTemplateDefaults(part(spec, 'template'))
}

/** Upstream's message about an empty selector names a deployment here, too. */
function validate({ spec }: ReplicaSet): FieldError[] {
  const template = spec.template ?? {}
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...workloadSelectorErrors(spec.selector, 'deployment'),
    ...workloadTemplateErrors({ selector: spec.selector, template }, 'ReplicaSet'),
  ]
}

/** Replica sets. */
export const replicaSetRules: KindRules<ReplicaSet> = {
  resource: namespacedRef('apps/v1', 'replicasets', 'ReplicaSet'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = { replicas: 0 }
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  validateStatusUpdate: replicaSetStatusErrors,
  warnings: namedWorkloadWarnings,
  validateCreate: validate,
  validateUpdate: (set, old) => [...validate(set), ...selectorChangeErrors(set.spec.selector, old.spec.selector)],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template ?? {}),
    selectorText(spec.selector),
  ],
}
