import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, required } from '../../field_error.ts'
import type { Wire } from '../../types.ts'
import { labelErrors } from '../../validation/labels.ts'
import { annotationErrors } from '../../validation/metadata.ts'
import { claimSpecErrors } from '../claim_validation.ts'

/** The claim that is made for a pod's own volume. */
export function claimTemplateErrors(
  template: Wire<k8s.V1PersistentVolumeClaimTemplate> | undefined,
  at: string,
): FieldError[] {
  if (template === undefined) return [required(at)]
  return [
    ...annotationErrors(template.metadata?.annotations, `${at}.metadata.annotations`),
    ...labelErrors(template.metadata?.labels, `${at}.metadata.labels`),
    ...otherMetadataErrors(template.metadata, `${at}.metadata`),
    ...claimSpecErrors(template.spec, `${at}.spec`),
  ]
}

/** What a made claim gets from the system, in upstream's order and with its names. */
const NOT_IN_TEMPLATE: Readonly<Record<string, string>> = {
  name: 'name',
  generateName: 'generateName',
  namespace: 'namespace',
  selfLink: 'selfLink',
  uid: 'uID',
  resourceVersion: 'resourceVersion',
  generation: 'generation',
  creationTimestamp: 'creationTimestamp',
  deletionTimestamp: 'deletionTimestamp',
  deletionGracePeriodSeconds: 'deletionGracePeriodSeconds',
  ownerReferences: 'ownerReferences',
  finalizers: 'finalizers',
  managedFields: 'managedFields',
}

/** A template's metadata hold nothing but labels and annotations. */
export const otherMetadataErrors = (metadata: object | undefined, at: string): FieldError[] =>
  Object.entries(NOT_IN_TEMPLATE).flatMap(([field, shown]) => {
    const value = new Map<string, unknown>(Object.entries(metadata ?? {})).get(field)
    const set = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== ''
    return set ? [forbidden(`${at}.${shown}`, 'cannot be set')] : []
  })
