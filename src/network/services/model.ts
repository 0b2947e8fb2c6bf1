import type { EndpointSlice, Service } from '../../api/types.ts'

/** One port of one service, and where its connections go. */
export interface ServicePort {
  /** `namespace/name/tcp/80`: names its chains, so it is unique. */
  readonly id: string
  readonly protocol: 'tcp' | 'udp'
  readonly ips: readonly string[]
  readonly port: number
  readonly nodePort: number | undefined
  /** How long a client stays with one endpoint; undefined: every connection is dealt anew. */
  readonly affinitySeconds: number | undefined
  /** Sorted, so that the same endpoints give the same rules. */
  readonly endpoints: readonly ServiceEndpoint[]
}

export interface ServiceEndpoint {
  readonly address: string
  readonly port: number
}

const AFFINITY_SECONDS_DEFAULT = 10_800

/** The ports of a service that need rules; none for headless and external services. IPv4 only. */
export function servicePortsOf(service: Service, slices: readonly EndpointSlice[]): readonly ServicePort[] {
  const { namespace, name } = service.metadata
  const ips = (service.spec.clusterIPs ?? [service.spec.clusterIP ?? '']).filter(isIpv4)
  if (service.spec.type === 'ExternalName' || ips.length === 0) return []
  return (service.spec.ports ?? []).flatMap((port) => {
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    if (protocol !== 'tcp' && protocol !== 'udp') return []
    return [
      {
        id: `${namespace}/${name}/${protocol}/${port.port}`,
        protocol,
        ips,
        port: port.port,
        nodePort: port.nodePort,
        affinitySeconds: affinityOf(service),
        endpoints: endpointsOf(slices, port.name ?? ''),
      },
    ]
  })
}

function affinityOf(service: Service): number | undefined {
  if (service.spec.sessionAffinity !== 'ClientIP') return undefined
  return service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS_DEFAULT
}

/** Ready endpoints; when there are none, those that still serve while they end. */
function endpointsOf(slices: readonly EndpointSlice[], portName: string): readonly ServiceEndpoint[] {
  const ready = collect(slices, portName, (conditions) => conditions?.ready !== false)
  return ready.length > 0
    ? ready
    : collect(slices, portName, (conditions) => conditions?.serving === true && conditions.terminating === true)
}

type Conditions = NonNullable<EndpointSlice['endpoints']>[number]['conditions']

function collect(
  slices: readonly EndpointSlice[],
  portName: string,
  counts: (conditions: Conditions) => boolean,
): readonly ServiceEndpoint[] {
  const found = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((one) => (one.name ?? '') === portName)?.port
    if (port === undefined || slice.addressType === 'IPv6') continue
    for (const endpoint of slice.endpoints ?? []) {
      const [address] = endpoint.addresses
      if (address !== undefined && counts(endpoint.conditions)) found.set(`${address} ${port}`, { address, port })
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint)
}

const isIpv4 = (ip: string): boolean => /^\d+(\.\d+){3}$/.test(ip)
