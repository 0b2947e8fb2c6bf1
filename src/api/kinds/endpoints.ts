import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { ENDPOINTS } from '../resources.ts'
import type { Endpoints } from '../types.ts'
import { IP_FAULT, isIP } from '../validation/addresses.ts'
import { dnsLabel } from '../validation/names.ts'
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
function addressErrors({ ip }: Address, at: string): FieldError[] {
  const field = `${at}.ip`
  if (!isIP(ip)) return [invalid(field, ip, IP_FAULT), invalid(field, ip, 'must be a valid IP address')]
  return specialAddressFaults(ip).map((fault) => invalid(field, ip, fault))
}

function onePortErrors({ name, port, protocol }: Port, needsName: boolean, at: string): FieldError[] {
  const nameErrors = name ? dnsLabel(name).map((fault) => invalid(`${at}.name`, name, fault)) : []
  return [
    ...(needsName && !name ? [required(`${at}.name`)] : nameErrors),
    ...portErrors(port, `${at}.port`),
    ...(protocol === undefined || PROTOCOLS.includes(protocol)
      ? []
      : [notSupported(`${at}.protocol`, protocol, PROTOCOLS)]),
  ]
}

/** The first few, and how many there are besides. */
export function firstFew(texts: readonly string[]): string {
  const shown = texts.slice(0, SHOWN_MAX).join(',')
  return texts.length > SHOWN_MAX ? `${shown} + ${texts.length - SHOWN_MAX} more...` : shown
}

function endpointsCell({ subsets = [] }: Endpoints): string {
  const texts = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  )
  return texts.length === 0 ? '<none>' : firstFew(texts)
}

/** Endpoints, which endpoint slices have replaced. */
export const endpointsRules: KindRules<Endpoints> = {
  resource: ENDPOINTS,
  generation: 'none',
  defaults,
  validateCreate: validate,
  cells: (endpoints, now) => [
    endpoints.metadata.name,
    endpointsCell(endpoints),
    ageOf(endpoints.metadata.creationTimestamp, now),
  ],
}
