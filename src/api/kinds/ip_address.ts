import type * as k8s from '@kubernetes/client-node'
import { type FieldError, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { formedIfSet, requiredFormed } from '../validation/checks.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsSubdomain, pathSegment } from '../validation/names.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type IpAddress = StoredWithSpec<k8s.V1IPAddress>

function validate({ spec }: IpAddress): FieldError[] {
  const at = 'spec.parentRef'
  const parent = spec?.parentRef
  if (parent === undefined) return [required(at)]
  return [
    ...formedIfSet(parent.group, dnsSubdomain, `${at}.group`),
    ...requiredFormed(parent.resource, pathSegment, `${at}.resource`),
    ...requiredFormed(parent.name, pathSegment, `${at}.name`),
    ...formedIfSet(parent.namespace, pathSegment, `${at}.namespace`),
  ]
}

/** An address of a service, and whose it is. */
export const ipAddressRules: KindRules<IpAddress> = {
  resource: clusterRef('networking.k8s.io/v1', 'ipaddresses', 'IPAddress'),
  validateCreate: validate,
  validateUpdate: (one, old) => [
    ...validate(one),
    ...immutableErrors(one.spec.parentRef, old.spec.parentRef, 'spec.parentRef'),
  ],
  cells: ({ metadata, spec }, now) => {
    const { group, resource, namespace, name } = spec.parentRef ?? {}
    const kind = group ? `${resource}.${group}` : (resource ?? '')
    return [metadata.name, [kind, namespace, name].filter(Boolean).join('/'), ageOf(metadata.creationTimestamp, now)]
  },
}
