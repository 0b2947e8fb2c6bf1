import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { ENDPOINTS } from '../resources.ts'
import type { Endpoints } from '../types.ts'
import { IP_FAULT, ipErrors } from '../validation/addresses.ts'
import { formed, formedIfSet } from '../validation/checks.ts'
import { dnsLabel, dnsSubdomain, qualifiedName } from '../validation/names.ts'
import { portErrors } from '../validation/numbers.ts'
import { fill, items } from './draft.ts'
import { ageOf } from './durations.ts'
import { specialAddressFaults } from './service_validation.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const SHOWN_MAX = 3

type Subset = NonNullable<Endpoints['subsets']>[number]
type Address = NonNullable<Subset['addresses']>[number]
type Port = NonNullable<Subset['ports']>[number]

function defaults(draft: MutableObject): void {
  for (const subset of items(draft['subsets'])) for (const port of items(subset.ports)) fill(port, 'protocol', 'TCP')
}

const validate = ({ subsets = [] }: Endpoints): FieldError[] =>
  subsets.flatMap((subset, index) => subsetErrors(subset, `subsets[${index}]`))

function subsetErrors({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, at: string): FieldError[] {
  const empty = addresses.length + notReadyAddresses.length === 0
  return [
    ...(empty ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
    ...addresses.flatMap((address, index) => addressErrors(address, `${at}.addresses[${index}]`)),
    ...notReadyAddresses.flatMap((address, index) => addressErrors(address, `${at}.notReadyAddresses[${index}]`)),
    ...ports.flatMap((port, index) => onePortErrors(port, ports.length > 1, `${at}.ports[${index}]`)),
  ]
}

/** Upstream says the same of a bad address in two wordings. */
function addressErrors({ ip, hostname, nodeName }: Address, at: string): FieldError[] {
  const field = `${at}.ip`
  const faults = ipErrors(ip, field)
  const unreadable = faults.some(({ message }) => message.endsWith(IP_FAULT))
  return [
    ...faults,
    ...formedIfSet(hostname, dnsLabel, `${at}.hostname`),
    ...(nodeName === undefined ? [] : formed(nodeName, dnsSubdomain, `${at}.nodeName`)),
    ...(unreadable ? [invalid(field, ip, 'must be a valid IP address')] : []),
    ...(faults.length > 0 ? [] : specialAddressFaults(ip).map((fault) => invalid(field, ip, fault))),
  ]
}

function onePortErrors({ name, port, protocol, appProtocol }: Port, needsName: boolean, at: string): FieldError[] {
  const nameErrors = name ? dnsLabel(name).map((fault) => invalid(`${at}.name`, name, fault)) : []
  return [
    ...(needsName && !name ? [required(`${at}.name`)] : nameErrors),
    ...portErrors(port, `${at}.port`),
    ...(protocol === undefined || PROTOCOLS.includes(protocol)
      ? []
      : [notSupported(`${at}.protocol`, protocol, PROTOCOLS)]),
    ...(appProtocol === undefined ? [] : formed(appProtocol, qualifiedName, `${at}.appProtocol`)),
  ]
}

/** The first few, and how many there are besides. */
export function firstFew(texts: readonly string[]): string {
  const shown = texts.slice(0, SHOWN_MAX).join(',')
  return texts.length > SHOWN_MAX ? `${shown} + ${texts.length - SHOWN_MAX} more...` : shown
}

function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>'
  const texts = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  )
  return firstFew(texts)
}

/** Endpoints, which endpoint slices have replaced. */
export const endpointsRules: KindRules<Endpoints> = {
  resource: ENDPOINTS,
  createOnUpdate: true,
  generation: 'none',
  defaults,
  validateCreate: validate,
  cells: (endpoints, now) => [
    endpoints.metadata.name,
    endpointsCell(endpoints),
    ageOf(endpoints.metadata.creationTimestamp, now),
  ],
}
