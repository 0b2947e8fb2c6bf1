import { duplicate, type FieldError, invalid, required } from '../field_error.ts'
import type { Service } from '../types.ts'
import { ipErrors, isIPv4 } from '../validation/addresses.ts'
import { oneOf } from '../validation/checks.ts'

const FAMILIES = ['IPv4', 'IPv6']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const FIELD = 'spec.clusterIPs'

type Spec = Service['spec']

/** A service without an address of its own: its name stands for its pods. */
export const isHeadless = (spec: Spec): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'

/** Addresses within the cluster and the families to which they belong. */
export function clusterAddressErrors(spec: Spec): FieldError[] {
  const { clusterIPs = [], clusterIP = '', type, ipFamilies = [] } = spec
  if (type === 'ExternalName') return []
  const alone = clusterIPs[0] === 'None' && clusterIPs.length > 1
  const errors = [
    ...(alone ? [invalid(FIELD, clusterIPs, "'None' must be the first and only value")] : []),
    ...clusterIPs.flatMap((address, index) =>
      address === 'None' && index === 0 ? [] : ipErrors(address, `${FIELD}[${index}]`),
    ),
  ]
  return [
    ...firstAddressErrors(clusterIPs, clusterIP),
    ...ipFamilies.flatMap((family, index) => [
      ...oneOf(family, FAMILIES, `spec.ipFamilies[${index}]`),
      ...(ipFamilies.indexOf(family) < index ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
    ]),
    ...oneOf(spec.ipFamilyPolicy, FAMILY_POLICIES, 'spec.ipFamilyPolicy'),
    ...errors,
    ...(clusterIPs.length > 2 ? [invalid(FIELD, clusterIPs, 'may only hold up to 2 values')] : []),
    ...(errors.length > 0 ? [] : agreementErrors(spec)),
  ]
}

function firstAddressErrors(clusterIPs: readonly string[], clusterIP: string): FieldError[] {
  if (clusterIP === '') {
    return clusterIPs.length === 0
      ? []
      : [invalid(FIELD, clusterIPs, 'must be empty when `clusterIP` is not specified')]
  }
  if (clusterIPs.length === 0) return [required(FIELD)]
  return clusterIPs[0] === clusterIP ? [] : [invalid(FIELD, clusterIPs, 'first value must match `clusterIP`')]
}

function agreementErrors(spec: Spec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec
  const families = new Set(clusterIPs.map(isIPv4))
  return [
    ...(clusterIPs.length > 1 && families.size < 2
      ? [invalid(FIELD, clusterIPs, 'may specify no more than one IP for each IP family')]
      : []),
    ...(isHeadless(spec) ? [] : clusterIPs).flatMap((address, index) => {
      const family = ipFamilies[index]
      const actual = isIPv4(address) ? 'IPv4' : 'IPv6'
      if ((family !== 'IPv4' && family !== 'IPv6') || family === actual) return []
      const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``
      return [invalid(`${FIELD}[${index}]`, address, detail)]
    }),
  ]
}
