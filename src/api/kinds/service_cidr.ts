import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { cidrErrors, isCidr } from '../validation/addresses.ts'
import { goNamed } from '../validation/go_names.ts'
import { keepStatus } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type ServiceCidr = StoredWithSpec<k8s.V1ServiceCIDR>

const AT = 'spec.cidrs'
const FAMILIES = 2
const IMMUTABLE = 'field is immutable'

const rangesOf = ({ spec }: ServiceCidr): readonly string[] => spec?.cidrs ?? []
const isIPv6Range = (range: string): boolean => range.includes(':')

function validate(one: ServiceCidr): FieldError[] {
  const ranges = rangesOf(one)
  if (ranges.length === 0) return [required(AT, 'at least one CIDR required')]
  if (ranges.length > FAMILIES) {
    return [invalid(AT, goNamed('networking.ServiceCIDRSpec', one.spec), 'may only hold up to 2 values')]
  }
  return [...ranges.flatMap((range, index) => cidrErrors(range, `${AT}[${index}]`)), ...familyErrors(ranges)]
}

function familyErrors(ranges: readonly string[]): FieldError[] {
  const [first = '', second] = ranges
  if (second === undefined || !isCidr(first) || !isCidr(second)) return []
  if (isIPv6Range(first) !== isIPv6Range(second)) return []
  const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
  return [invalid(AT, ranges, detail)]
}

/** Ranges stay as they are; only the other family may be added to a single one. */
function validateUpdate(one: ServiceCidr, old: ServiceCidr): FieldError[] {
  const [ranges, before] = [rangesOf(one), rangesOf(old)]
  const changed = before.flatMap((range, index) =>
    ranges[index] === range ? [] : [invalid(`${AT}[${index}]`, ranges[index], IMMUTABLE)],
  )
  if (ranges.length === before.length) return changed
  if (before.length === 1 && ranges.length === FAMILIES) return [...changed, ...validate(one)]
  return [invalid(AT, one.spec?.cidrs ?? null, IMMUTABLE)]
}

/** Ranges from which services get their addresses. */
export const serviceCidrRules: KindRules<ServiceCidr> = {
  resource: clusterRef('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR'),
  generation: 'none',
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  validateCreate: validate,
  validateUpdate,
  cells: (one, now) => [one.metadata.name, rangesOf(one).join(','), ageOf(one.metadata.creationTimestamp, now)],
}
