import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required, sortedMap } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { matchesAll } from '../selector_match.ts'
import { nonNegative } from '../validation/numbers.ts'
import { keepSpec, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { labelText } from './service.ts'
import { containerCells } from './stateful_set.ts'
import { replicaSetStatusErrors } from './status_counts.ts'
import { runningTemplateErrors } from './workload.ts'
import { namedWorkloadWarnings, workloadWarnings } from './workload_warnings.ts'

export type ReplicationController = StoredWithSpec<k8s.V1ReplicationController>

/** Selector and labels come from the template's labels where they are not given. */
function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  spec.replicas ??= 1
  if (!spec.template) return
  podTemplateDefaults(spec.template)
  const { labels } = spec.template.metadata
  if (!labels) return
  if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
  if (Object.keys(draft.metadata['labels'] ?? {}).length === 0) draft.metadata['labels'] = { ...labels }
}

function validate({ spec }: ReplicationController): FieldError[] {
  const selector = spec.selector ?? {}
  return [
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(Object.keys(selector).length === 0 ? [required('spec.selector')] : []),
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...(spec.template ? templateFaults(selector, spec.template) : [required('spec.template')]),
  ]
}

function templateFaults(
  selector: Readonly<Record<string, string>>,
  template: NonNullable<ReplicationController['spec']['template']>,
): FieldError[] {
  const labels = template.metadata?.labels
  const mismatch = '`selector` does not match template `labels`'
  return [
    ...(matchesAll(selector, labels) ? [] : [invalid('spec.template.metadata.labels', sortedMap(labels), mismatch)]),
    ...runningTemplateErrors(template, 'ReplicationController'),
  ]
}

/** Replication controllers, which replica sets have replaced. */
export const replicationControllerRules: KindRules<ReplicationController> = {
  resource: namespacedRef('v1', 'replicationcontrollers', 'ReplicationController'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = { replicas: 0 }
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  validateStatusUpdate: replicaSetStatusErrors,
  // Upstream looks at the template that is replaced, not at the new one.
  warnings: (controller, old) =>
    old === undefined ? namedWorkloadWarnings(controller, old) : workloadWarnings(old, controller),
  validateCreate: validate,
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template ?? {}),
    labelText(spec.selector),
  ],
}
