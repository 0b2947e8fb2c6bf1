import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { ENDPOINT_SLICES } from '../resources.ts'
import type { EndpointSlice } from '../types.ts'
import { IP_FAULT, isIPv4, isIPv6 } from '../validation/addresses.ts'
import { formed, requiredOneOf } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { nonCanonicalIpWarnings } from '../validation/ip_warnings.ts'
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
  return [
    ...requiredOneOf(addressType, TYPES, 'addressType'),
    ...portListErrors(slice.ports ?? []),
    ...endpointListErrors(slice.endpoints ?? [], addressType),
  ]
}

function endpointListErrors(endpoints: readonly Endpoint[], type: string): FieldError[] {
  if (endpoints.length > ENDPOINTS_MAX) return [tooMany('endpoints', endpoints.length, ENDPOINTS_MAX)]
  return endpoints.flatMap((endpoint, index) => [
    ...endpointErrors(endpoint.addresses ?? [], type, `endpoints[${index}]`),
    ...placeErrors(endpoint, `endpoints[${index}]`),
  ])
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
  return [
    ...(addresses.length === 0 ? [required(field, 'must contain at least 1 address')] : []),
    ...(addresses.length > ADDRESSES_MAX ? [tooMany(field, addresses.length, ADDRESSES_MAX)] : []),
    ...addresses.flatMap((address, index) => addressErrors(address, type, field, index)),
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

/** Addresses of a type that is not known are not looked at. An address of another family is told of the whole list. */
function addressErrors(address: string, type: string, list: string, index: number): FieldError[] {
  const field = `${list}[${index}]`
  if (type === 'FQDN') return domainErrors(address, field)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  if (!isIPv4(address) && !isIPv6(address)) return [invalid(field, address, IP_FAULT)]
  const fits = type === 'IPv4' ? isIPv4(address) : isIPv6(address)
  return [
    ...(fits ? [] : [invalid(list, address, `must be an ${type} address`)]),
    ...specialAddressFaults(address).map((fault) => invalid(field, address, fault)),
  ]
}

/** A name with a domain behind it; a dot at its end does no harm. */
function domainErrors(text: string, field: string): FieldError[] {
  if (text === '') return [required(field)]
  const name = text.replace(/\.$/, '')
  const faults = dnsSubdomain(name)
  if (faults.length > 0) return [invalid(field, name, faults.join(','))]
  const labels = name.split('.')
  if (labels.length < 2)
    return [invalid(field, name, 'should be a domain with at least two segments separated by dots')]
  const wrong = labels.find((label) => dnsLabel(label).length > 0)
  return wrong === undefined ? [] : [invalid(field, wrong, dnsLabel(wrong).join(','))]
}

const portsCell = ({ ports }: EndpointSlice): string =>
  (ports ?? []).length === 0 ? '<unset>' : firstFew((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')))

const addressesCell = ({ endpoints }: EndpointSlice): string =>
  (endpoints ?? []).length === 0 ? '<unset>' : firstFew((endpoints ?? []).flatMap(({ addresses }) => addresses))

/** The cluster's own parts write addresses as they should be. */
const OWN_MANAGERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

function sliceWarnings({ metadata, addressType, endpoints }: EndpointSlice, old: EndpointSlice | undefined): string[] {
  const isOwn = OWN_MANAGERS.includes(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')
  const addresses = (endpoints ?? []).flatMap((endpoint, index) =>
    (endpoint.addresses ?? []).flatMap((address, at) =>
      nonCanonicalIpWarnings(address, `endpoints[${index}].addresses[${at}]`),
    ),
  )
  return [
    ...(old === undefined && addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...(isOwn ? [] : addresses),
  ]
}

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
  warnings: sliceWarnings,
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
