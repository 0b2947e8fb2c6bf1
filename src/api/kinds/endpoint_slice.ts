import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { ENDPOINT_SLICES } from '../resources.ts'
import type { EndpointSlice } from '../types.ts'
import { IP_FAULT, isIPv4, isIPv6 } from '../validation/addresses.ts'
import { formed } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel, dnsSubdomain, type FormCheck, labelValue, qualifiedName } from '../validation/names.ts'
import { items } from './draft.ts'
import { ageOf } from './durations.ts'
import { firstFew } from './endpoints.ts'
import { specialAddressFaults } from './service_validation.ts'

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

const TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const ENDPOINTS_MAX = 1000
const ADDRESSES_MAX = 100

function defaults(draft: MutableObject): void {
  for (const port of items(draft['ports'])) {
    port.name ??= ''
    port.protocol ??= 'TCP'
  }
}

function validate(slice: EndpointSlice): FieldError[] {
  const { addressType } = slice
  if (!addressType) return [required('addressType')]
  if (!TYPES.includes(addressType)) return [notSupported('addressType', addressType, TYPES)]
  const endpoints = slice.endpoints ?? []
  return [
    ...portListErrors(slice.ports ?? []),
    ...(endpoints.length > ENDPOINTS_MAX ? [tooMany('endpoints', endpoints.length, ENDPOINTS_MAX)] : []),
    ...endpoints.flatMap((endpoint, index) => [
      ...endpointErrors(endpoint.addresses ?? [], addressType, `endpoints[${index}]`),
      ...placeErrors(endpoint, `endpoints[${index}]`),
    ]),
  ]
}

function portListErrors(ports: NonNullable<EndpointSlice['ports']>): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const at = `ports[${index}]`
    const errors = [
      ...(name === '' ? [] : dnsLabel(name).map((fault) => invalid(`${at}.name`, name, fault))),
      ...(names.has(name) ? [duplicate(`${at}.name`, name)] : []),
      ...(protocol !== undefined && !PROTOCOLS.includes(protocol)
        ? [notSupported(`${at}.protocol`, protocol, PROTOCOLS)]
        : []),
      ...(appProtocol === undefined ? [] : formed(appProtocol, qualifiedName, `${at}.appProtocol`)),
    ]
    names.add(name)
    return errors
  })
}

function endpointErrors(addresses: readonly string[], type: string, at: string): FieldError[] {
  const field = `${at}.addresses`
  if (addresses.length === 0) return [required(field, 'must contain at least 1 address')]
  return [
    ...(addresses.length > ADDRESSES_MAX ? [tooMany(field, addresses.length, ADDRESSES_MAX)] : []),
    ...addresses.flatMap((address, index) => addressErrors(address, type, `${field}[${index}]`)),
  ]
}

/** Where an endpoint is, and for whom it is meant. */
function placeErrors({ nodeName, hostname, hints }: Endpoint, at: string): FieldError[] {
  const names = (list: readonly { readonly name: string }[] | undefined, form: FormCheck, field: string) =>
    (list ?? []).flatMap(({ name = '' }, index) => [
      ...((list ?? []).findIndex((one) => one.name === name) < index
        ? [duplicate(`${field}[${index}].name`, name)]
        : []),
      ...formed(name, form, `${field}[${index}].name`),
    ])
  return [
    ...(nodeName === undefined ? [] : formed(nodeName, dnsSubdomain, `${at}.nodeName`)),
    ...(hostname === undefined ? [] : formed(hostname, dnsLabel, `${at}.hostname`)),
    ...names(hints?.forZones, labelValue, `${at}.hints.forZones`),
    ...names(hints?.forNodes, dnsSubdomain, `${at}.hints.forNodes`),
  ]
}

function addressErrors(address: string, type: string, field: string): FieldError[] {
  if (type === 'FQDN') return dnsSubdomain(address).map((fault) => invalid(field, address, fault))
  const right = type === 'IPv4' ? isIPv4(address) : isIPv6(address)
  if (right) return specialAddressFaults(address).map((fault) => invalid(field, address, fault))
  const other = isIPv4(address) || isIPv6(address)
  return [invalid(field, address, other ? `must be an ${type} address` : IP_FAULT)]
}

const portsCell = ({ ports }: EndpointSlice): string =>
  (ports ?? []).length === 0 ? '<unset>' : firstFew((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')))

const addressesCell = ({ endpoints }: EndpointSlice): string =>
  (endpoints ?? []).length === 0 ? '<unset>' : firstFew((endpoints ?? []).flatMap(({ addresses }) => addresses))

/** Where a service's traffic may go. */
export const endpointSliceRules: KindRules<EndpointSlice> = {
  resource: ENDPOINT_SLICES,
  generation: 'spec',
  generationGrows: (draft, old) =>
    !equal(draft['endpoints'], old.endpoints) ||
    !equal(draft['ports'], old.ports) ||
    !equal(draft.metadata['labels'], old.metadata.labels),
  defaults,
  prepareCreate: (draft) => {
    // It came from the version before, which had no field for zones.
    for (const endpoint of items(draft['endpoints'])) delete endpoint.deprecatedTopology
  },
  validateCreate: validate,
  validateUpdate: (slice, old) => [
    ...validate(slice),
    ...immutableErrors(slice.addressType, old.addressType, 'addressType'),
  ],
  cells: (slice, now) => [
    slice.metadata.name,
    slice.addressType,
    portsCell(slice),
    addressesCell(slice),
    ageOf(slice.metadata.creationTimestamp, now),
  ],
}
