import type * as k8s from '@kubernetes/client-node'
import type { KindRules } from '../kind_rules.ts'
import { part } from './draft.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { templateErrors } from './pod/pod_template.ts'
import { podTemplateWarnings } from './pod/pod_warnings.ts'
import { namespacedRef, type Stored } from './refs.ts'
import { labelText } from './service.ts'
import { containerCells } from './stateful_set.ts'
import { hasNewSpec } from './workload_warnings.ts'

type PodTemplate = Stored<k8s.V1PodTemplate>

/** Templates of their own. */
export const podTemplateRules: KindRules<PodTemplate> = {
  resource: namespacedRef('v1', 'podtemplates', 'PodTemplate'),
  deleteAnswersObject: true,
  generation: 'spec',
  defaults: (draft) => podTemplateDefaults(part(draft, 'template')),
  warnings: (object, old) => (hasNewSpec(object, old) ? podTemplateWarnings(object.template ?? {}, 'template') : []),
  validateCreate: ({ template }) => templateErrors(template ?? {}, 'template', ['Always', 'OnFailure', 'Never']),
  // The column of the age has no cell, as upstream.
  cells: ({ metadata, template }) => [
    metadata.name,
    ...containerCells(template ?? {}),
    labelText(template?.metadata?.labels),
  ],
}
