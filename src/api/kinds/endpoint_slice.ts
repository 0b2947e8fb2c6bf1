import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { ENDPOINT_SLICES } from '../resources.ts'
import type { EndpointSlice } from '../types.ts'
import { IP_FAULT, isIPv4, isIPv6 } from '../validation/addresses.ts'
import { equal } from '../validation/equality.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel, dnsSubdomain } from '../validation/names.ts'
import { fill, items } from './draft.ts'
import { ageOf } from './durations.ts'
import { firstFew } from './endpoints.ts'
import { specialAddressFaults } from './service_validation.ts'

const TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const ENDPOINTS_MAX = 1000
const ADDRESSES_MAX = 100

function defaults(draft: MutableObject): void {
  for (const port of items(draft['ports'])) {
    port.name ??= ''
    fill(port, 'protocol', 'TCP')
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
    ...endpoints.flatMap(({ addresses }, index) => endpointErrors(addresses ?? [], addressType, `endpoints[${index}]`)),
  ]
}

function portListErrors(ports: NonNullable<EndpointSlice['ports']>): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol }, index) => {
    const at = `ports[${index}]`
    const errors = [
      ...(name === '' ? [] : dnsLabel(name).map((fault) => invalid(`${at}.name`, name, fault))),
      ...(names.has(name) ? [duplicate(`${at}.name`, name)] : []),
      ...(protocol !== undefined && !PROTOCOLS.includes(protocol)
        ? [notSupported(`${at}.protocol`, protocol, PROTOCOLS)]
        : []),
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

function addressErrors(address: string, type: string, field: string): FieldError[] {
  if (type === 'FQDN') return dnsSubdomain(address).map((fault) => invalid(field, address, fault))
  const right = type === 'IPv4' ? isIPv4(address) : isIPv6(address)
  if (right) return specialAddressFaults(address).map((fault) => invalid(field, address, fault))
  const other = isIPv4(address) || isIPv6(address)
  return [invalid(field, address, other ? `must be an ${type} address` : IP_FAULT)]
}

const portsCell = ({ ports }: EndpointSlice): string =>
  (ports ?? []).length === 0
    ? '<unset>'
    : firstFew((ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port))))

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
