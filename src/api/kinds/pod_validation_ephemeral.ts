import type * as k8s from '@kubernetes/client-node'
import { type FieldError, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { labelErrors } from '../validation/labels.ts'
import { annotationErrors } from '../validation/metadata.ts'
import { claimSpecErrors } from './claim_validation.ts'

/** The claim that is made for a pod's own volume. */
export function claimTemplateErrors(
  template: Wire<k8s.V1PersistentVolumeClaimTemplate> | undefined,
  at: string,
): FieldError[] {
  if (template === undefined) return [required(at)]
  return [
    ...annotationErrors(template.metadata?.annotations, `${at}.metadata.annotations`),
    ...labelErrors(template.metadata?.labels, `${at}.metadata.labels`),
    ...claimSpecErrors(template.spec, `${at}.spec`),
  ]
}
