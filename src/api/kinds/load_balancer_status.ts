import { type FieldError, invalid } from '../field_error.ts'
import { ipErrors, isIP } from '../validation/addresses.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { items, type Loose } from './draft.ts'

/** Where a load balancer is reached: by an address, or by a name that is none. Addresses that were there are let be. */
export function loadBalancerErrors(status: Loose, old: Loose): FieldError[] {
  const known = new Set(items(old?.loadBalancer?.ingress).map(({ ip }) => ip))
  return items(status?.loadBalancer?.ingress).flatMap(({ ip, hostname }, index) => {
    const at = `status.loadBalancer.ingress[${index}]`
    return [
      ...(ip && !known.has(ip) ? ipErrors(ip, `${at}.ip`) : []),
      ...(hostname ? hostnameErrors(hostname, `${at}.hostname`) : []),
    ]
  })
}

const hostnameErrors = (name: string, field: string): FieldError[] => [
  ...dnsSubdomain(name).map((fault) => invalid(field, name, fault)),
  ...(isIP(name) ? [invalid(field, name, 'must be a DNS name, not an IP address')] : []),
]
