import type * as k8s from '@kubernetes/client-node'
import type { FieldError } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { requiredFormed } from '../validation/checks.ts'
import { labelErrors } from '../validation/labels.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel } from '../validation/names.ts'
import { deprecatedLabelMessage } from './deprecated_labels.ts'
import { ageOf } from './durations.ts'
import { resourceErrors } from './pod/pod_validation_resources.ts'
import { tolerationErrors } from './pod/pod_validation_scheduling.ts'
import { clusterRef, type Stored } from './refs.ts'

type RuntimeClass = Stored<k8s.V1RuntimeClass>

function validate({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  return [
    ...requiredFormed(handler, dnsLabel, 'handler'),
    ...(overhead?.podFixed === undefined ? [] : resourceErrors({ limits: overhead.podFixed }, 'overhead', [])),
    ...labelErrors(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...tolerationErrors(scheduling?.tolerations ?? [], 'scheduling.tolerations'),
  ]
}

/** Another way to run containers. */
export const runtimeClassRules: KindRules<RuntimeClass> = {
  resource: clusterRef('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass'),
  createOnUpdate: true,
  generation: 'none',
  validateCreate: validate,
  validateUpdate: (one, old) => [...validate(one), ...immutableErrors(one.handler, old.handler, 'handler')],
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
      const message = deprecatedLabelMessage(key)
      return message === undefined ? [] : [`scheduling.nodeSelector: ${message}`]
    }),
  cells: ({ metadata, handler }, now) => [metadata.name, handler, ageOf(metadata.creationTimestamp, now)],
}
