import { type FieldError, forbidden, notSupported } from '../../field_error.ts'
import type { PodTemplateSpec } from '../../types.ts'
import { labelErrors } from '../../validation/labels.ts'
import { annotationErrors } from '../../validation/metadata.ts'
import { profileMatchErrors } from './pod_profile_annotations.ts'
import { podSpecErrors } from './pod_validation.ts'
import { podAnnotationErrors } from './pod_validation_annotations.ts'

/** What is wrong with the template of a workload that allows these restart policies. */
export function templateErrors(
  template: PodTemplateSpec,
  at: string,
  restartPolicies: readonly string[],
): FieldError[] {
  const { spec } = template
  const policy = spec?.restartPolicy
  // Where any of them will do, the pod's own check is enough.
  const isAnyPolicy = restartPolicies.length > 1
  return [
    ...templateMetadataErrors(template, at),
    ...(spec === undefined
      ? []
      : [
          ...podSpecErrors(spec, `${at}.spec`),
          ...profileMatchErrors(template.metadata?.annotations, spec, `${at}.spec`),
        ]),
    ...((spec?.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${at}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
    ...(policy !== undefined && !isAnyPolicy && !restartPolicies.includes(policy)
      ? [notSupported(`${at}.spec.restartPolicy`, policy, restartPolicies)]
      : []),
  ]
}

/** What is wrong with the labels and annotations of a template. */
export const templateMetadataErrors = ({ metadata, spec }: PodTemplateSpec, at: string): FieldError[] => [
  ...labelErrors(metadata?.labels, `${at}.labels`),
  ...annotationErrors(metadata?.annotations, `${at}.annotations`),
  ...(spec === undefined ? [] : podAnnotationErrors(metadata?.annotations, spec, `${at}.annotations`)),
]
