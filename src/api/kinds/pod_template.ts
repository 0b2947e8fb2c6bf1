import { type FieldError, notSupported } from '../field_error.ts'
import type { PodTemplateSpec } from '../types.ts'
import { labelErrors } from '../validation/labels.ts'
import { annotationErrors } from '../validation/metadata.ts'
import { podSpecErrors } from './pod_validation.ts'

/** What is wrong with the template of a workload that allows these restart policies. */
export function templateErrors(
  template: PodTemplateSpec,
  at: string,
  restartPolicies: readonly string[],
): FieldError[] {
  const { metadata, spec } = template
  const policy = spec?.restartPolicy
  const known = spec === undefined || ['Always', 'OnFailure', 'Never'].includes(policy ?? '')
  return [
    ...labelErrors(metadata?.labels, `${at}.labels`),
    ...annotationErrors(metadata?.annotations, `${at}.annotations`),
    ...(spec === undefined ? [] : podSpecErrors(spec, `${at}.spec`)),
    ...(policy !== undefined && known && !restartPolicies.includes(policy)
      ? [notSupported(`${at}.spec.restartPolicy`, policy, restartPolicies)]
      : []),
  ]
}
