import { type FieldError, invalid } from '../field_error.ts'
import type { Service } from '../types.ts'
import { isIPv4 } from '../validation/addresses.ts'
import { equal } from '../validation/equality.ts'
import { items, type Loose } from './draft.ts'
import { clusterAddressErrors } from './service_addresses.ts'

/** The cluster's addresses are of one family, IPv4. */
const FAMILY = 'IPv4'
const OTHER_FAMILY = 'IPv6'
const FIELD = 'spec.ipFamilyPolicy'

/** A headless service that selects nothing may point at any address. */
const pointsAnywhere = (spec: Loose): boolean =>
  spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0

/** What is said of families stays as it is while the service wants both where there may be one. */
const staysPreferring = (spec: Loose, old: Loose | undefined): boolean =>
  old?.ipFamilyPolicy === 'PreferDualStack' &&
  (spec.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
  equal(spec.clusterIPs, old.clusterIPs) &&
  equal(spec.ipFamilies, old.ipFamilies)

/** Fills in to which families a service's addresses belong, and whether it wants one or both. */
export function settleFamilies(spec: Loose, old?: Loose): void {
  if (spec.type === 'ExternalName' || staysPreferring(spec, old)) return
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (pointsAnywhere(spec) ? 'RequireDualStack' : 'SingleStack')
  const single = spec.ipFamilyPolicy === 'SingleStack'
  if (old !== undefined && single) releaseSecond(spec, old)
  if (items(spec.ipFamilies).length === 0) {
    // An address of a family that is not there gets none: it is refused for that.
    if (items(spec.clusterIPs).some((address) => address !== 'None' && !isIPv4(String(address)))) return
    spec.ipFamilies = [FAMILY]
  }
  if (pointsAnywhere(spec) && !single && items(spec.ipFamilies).length === 1)
    spec.ipFamilies = [...items(spec.ipFamilies), String(spec.ipFamilies[0]) === FAMILY ? OTHER_FAMILY : FAMILY]
}

/** Who asks for one family and leaves the rest as it was gives up the second address. */
function releaseSecond(spec: Loose, old: Loose): void {
  if (items(spec.clusterIPs).length > 1 && equal(spec.clusterIPs, old.clusterIPs))
    spec.clusterIPs = [spec.clusterIPs[0]]
  if (items(spec.ipFamilies).length > 1 && equal(spec.ipFamilies, old.ipFamilies))
    spec.ipFamilies = [spec.ipFamilies[0]]
}

/** What keeps the server from giving out addresses; as long as there is any, nothing else is looked at. */
export function serviceAllocationErrors({ spec }: Service, old: Service | undefined): FieldError[] {
  if (spec.type === 'ExternalName' || staysPreferring(spec as Loose, old?.spec as Loose | undefined)) return []
  const faults = clusterAddressErrors(spec)
  if (faults.length > 0) return faults
  const conflicting = conflictErrors(spec, old?.spec)
  if (conflicting.length > 0 || pointsAnywhere(spec as Loose)) return conflicting
  const { ipFamilyPolicy: policy, ipFamilies = [] } = spec
  const notDual = 'this cluster is not configured for dual-stack services'
  return [
    ...(policy === 'RequireDualStack' ? [invalid(FIELD, policy, notDual)] : []),
    ...ipFamilies.flatMap((family, index) =>
      family === FAMILY ? [] : [invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
    ),
  ]
}

type Spec = Service['spec']

/** The number of families or addresses that does not go with the policy. */
function conflictErrors({ ipFamilyPolicy: policy, clusterIPs = [], ipFamilies = [] }: Spec, old: Spec | undefined) {
  const single = policy === 'SingleStack'
  const fault = (detail: string): FieldError => invalid(FIELD, policy, detail)
  const reduced = (now: readonly unknown[], before: readonly unknown[] = []): boolean =>
    !single && now.length > 0 && now.length < before.length
  const several = (what: string): string =>
    `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`
  return [
    ...(reduced(clusterIPs, old?.clusterIPs)
      ? [fault("must be 'SingleStack' to release the secondary cluster IP")]
      : []),
    ...(reduced(ipFamilies, old?.ipFamilies)
      ? [fault("must be 'SingleStack' to release the secondary IP family")]
      : []),
    ...(single && clusterIPs.length === 2 ? [fault(several('cluster IPs'))] : []),
    ...(single && ipFamilies.length === 2 ? [fault(several('IP families'))] : []),
    ...clusterIPs.flatMap((address, index) =>
      index < ipFamilies.length || address === 'None' || isIPv4(address)
        ? []
        : [invalid(`spec.clusterIPs[${index}]`, clusterIPs, `${OTHER_FAMILY} is not configured on this cluster`)],
    ),
  ]
}
