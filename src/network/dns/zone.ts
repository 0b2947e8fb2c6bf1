import type { EndpointSlice, Service } from '../../api/types.ts'

/** What the zone is computed from; lookups, so that a query costs the same however large the cluster is. */
export interface ZoneState {
  readonly clusterDomain: string
  service(namespace: string, name: string): Service | undefined
  hasNamespace(namespace: string): boolean
  /** The slices that carry the service's name in `kubernetes.io/service-name`. */
  slices(namespace: string, service: string): readonly EndpointSlice[]
  /** Services with this cluster address. */
  servicesByIp(ip: string): readonly Service[]
  /** Slices of which an endpoint has this address. */
  slicesByIp(ip: string): readonly EndpointSlice[]
}

/** One host behind a headless service. */
export interface ZoneEndpoint {
  /** The pod's hostname, or its address with dashes. */
  readonly label: string
  readonly address: string
  readonly ports: readonly ZonePort[]
}

export interface ZonePort {
  readonly name: string
  readonly protocol: string
  readonly port: number
}

/** Pods may be seen before they are ready only when the service says so; in v1.36 a slice's endpoint carries that already. */
export function endpointsOf(state: ZoneState, service: Service): readonly ZoneEndpoint[] {
  const { name, namespace = '' } = service.metadata
  const publishNotReady = service.spec.publishNotReadyAddresses === true
  const seen = new Set<string>()
  const found: ZoneEndpoint[] = []
  for (const slice of state.slices(namespace, name)) {
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false && !publishNotReady) continue
      for (const address of endpoint.addresses) {
        const label = (endpoint.hostname || dashed(address)).toLowerCase()
        if (seen.has(`${label} ${address}`)) continue
        seen.add(`${label} ${address}`)
        found.push({ label, address, ports: portsOf(slice) })
      }
    }
  }
  return found
}

const dashed = (address: string): string => address.replaceAll('.', '-').replaceAll(':', '-')

function portsOf(slice: EndpointSlice): readonly ZonePort[] {
  return (slice.ports ?? []).flatMap((one) =>
    one.port === undefined
      ? []
      : [{ name: one.name ?? '', protocol: (one.protocol ?? 'TCP').toLowerCase(), port: one.port }],
  )
}

export const isIpv6 = (address: string): boolean => address.includes(':')
export const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None'
export const isExternalName = (service: Service): boolean => service.spec.type === 'ExternalName'

/** The service's own addresses; none for headless ones. */
export function clusterIpsOf(service: Service): readonly string[] {
  if (isHeadless(service) || isExternalName(service)) return []
  const { clusterIP, clusterIPs } = service.spec
  return clusterIPs ?? (clusterIP ? [clusterIP] : [])
}
