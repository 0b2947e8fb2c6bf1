import { type FieldError, invalid } from '../../field_error.ts'
import type { PodSpec } from '../../types.ts'
import { INT32_MAX } from '../../validation/numbers.ts'
import { profileAnnotationErrors } from './pod_profile_annotations.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** Annotations of a pod that the system itself reads. */
export function podAnnotationErrors(
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
  field: string,
): FieldError[] {
  const at = (key: string) => `${field}[${key}]`
  const mirror = annotations?.[MIRROR]
  const cost = annotations?.[DELETION_COST]
  const detail = 'must set spec.nodeName if mirror pod annotation is set'
  return [
    ...(mirror !== undefined && !spec.nodeName ? [invalid(at(MIRROR), mirror, detail)] : []),
    ...(cost !== undefined && !isCost(cost) ? [invalid(at(DELETION_COST), cost, 'must be a 32bit integer')] : []),
    ...profileAnnotationErrors(annotations ?? {}, spec, field),
  ]
}

/** A number as Go prints it: without a plus or leading zeros. */
const isCost = (text: string): boolean =>
  /^(0|-?[1-9][0-9]*)$/.test(text) && Math.abs(Number(text)) <= INT32_MAX + (text.startsWith('-') ? 1 : 0)
