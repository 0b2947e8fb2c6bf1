import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { formed, formedIfSet } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { dnsSubdomain, pathSegment } from '../validation/names.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type IpAddress = StoredWithSpec<k8s.V1IPAddress>

const AT = 'spec.parentRef'

function validate({ spec }: IpAddress): FieldError[] {
  const parent = spec?.parentRef
  if (!parent) return [required(AT)]
  const segment = (value: string | undefined, field: string) =>
    value ? formed(value, pathSegment, field) : [required(field)]
  return [
    ...formedIfSet(parent.group, dnsSubdomain, `${AT}.group`),
    ...segment(parent.resource, `${AT}.resource`),
    ...segment(parent.name, `${AT}.name`),
    ...formedIfSet(parent.namespace, pathSegment, `${AT}.namespace`),
  ]
}

function validateUpdate(one: IpAddress, old: IpAddress): FieldError[] {
  const parent = one.spec?.parentRef
  if (equal(parent, old.spec?.parentRef)) return validate(one)
  return [...validate(one), invalid(AT, goNamed('*networking.ParentReference', parent), 'field is immutable')]
}

function parentCell({ spec }: IpAddress): string {
  const parent = spec?.parentRef
  if (!parent) return '<none>'
  const { resource = '', name = '' } = parent
  const qualified = parent.group ? `${resource}.${parent.group}` : resource
  return [qualified.toLowerCase(), ...(parent.namespace ? [parent.namespace] : []), name].join('/')
}

/** An address that is taken, and by whom; its name is the address. */
export const ipAddressRules: KindRules<IpAddress> = {
  resource: clusterRef('networking.k8s.io/v1', 'ipaddresses', 'IPAddress'),
  generation: 'none',
  nameForm: 'ip-address',
  validateCreate: validate,
  validateUpdate,
  cells: (one, now) => [one.metadata.name, parentCell(one), ageOf(one.metadata.creationTimestamp, now)],
}
