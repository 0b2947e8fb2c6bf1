import type { EndpointSlice, Service } from '../../api/types.ts'

/** One port of one service, and where its connections go. */
export interface ServicePort {
  /** `namespace/name/tcp/80`: names its chains, so it is unique. */
  readonly id: string
  readonly protocol: 'tcp' | 'udp'
  readonly ips: readonly string[]
  readonly port: number
  readonly nodePort: number | undefined
  /** What comes by the node's port goes to endpoints of this node alone, so it may keep the client's address. */
  readonly keepsSource?: boolean
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

/** Services, and slices of a service, that somebody else carries connections to. */
const LEFT_TO_OTHERS = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless']

const isOurs = ({ metadata }: Service | EndpointSlice): boolean =>
  !LEFT_TO_OTHERS.some((label) => Object.hasOwn(metadata.labels ?? {}, label))

/** The ports of a service that need rules on a node; none for headless and external services. IPv4 only. */
export function servicePortsOf(
  service: Service,
  slices: readonly EndpointSlice[],
  nodeName: string,
): readonly ServicePort[] {
  const ips = addressesOf(service)
  if (service.spec.type === 'ExternalName' || !isOurs(service) || ips.length === 0) return []
  const own = slices.filter(isOurs)
  return (service.spec.ports ?? []).flatMap((port) => portsOf({ service, slices: own, nodeName, ips }, port))
}

/** Where clients inside of the cluster find a service. */
function addressesOf({ spec, status }: Service): readonly string[] {
  const own = (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter(isIpv4)
  if (own.length === 0) return []
  const balanced = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
    ip && ipMode !== 'Proxy' ? [ip] : [],
  )
  return [...new Set([...own, ...(spec.externalIPs ?? []), ...balanced].filter(isIpv4))]
}

interface OnNode {
  readonly service: Service
  readonly slices: readonly EndpointSlice[]
  readonly nodeName: string
  readonly ips: readonly string[]
}

type Port = NonNullable<Service['spec']['ports']>[number]

/** Two of them where what comes from outside of the cluster may only go to this node's endpoints. */
function portsOf({ service, slices, nodeName, ips }: OnNode, port: Port): readonly ServicePort[] {
  const protocol = (port.protocol ?? 'TCP').toLowerCase()
  if (protocol !== 'tcp' && protocol !== 'udp') return []
  const { metadata, spec } = service
  const endpoints = (policy: string | undefined) =>
    endpointsOf(slices, port.name ?? '', policy === 'Local' ? nodeName : undefined)
  const whole: ServicePort = {
    id: `${metadata.namespace}/${metadata.name}/${protocol}/${port.port}`,
    protocol,
    ips,
    port: port.port,
    nodePort: port.nodePort,
    affinitySeconds: affinityOf(service),
    endpoints: endpoints(spec.internalTrafficPolicy),
  }
  const isCluster = (policy: string | undefined) => (policy ?? 'Cluster') === 'Cluster'
  const isAlike = isCluster(spec.internalTrafficPolicy) && isCluster(spec.externalTrafficPolicy)
  if (!port.nodePort || isAlike) return [whole]
  const keepsSource = spec.externalTrafficPolicy === 'Local'
  const external = {
    id: `${whole.id}/external`,
    ips: [],
    endpoints: endpoints(spec.externalTrafficPolicy),
    keepsSource,
  }
  return [
    { ...whole, nodePort: undefined },
    { ...whole, ...external },
  ]
}

function affinityOf(service: Service): number | undefined {
  if (service.spec.sessionAffinity !== 'ClientIP') return undefined
  return service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS_DEFAULT
}

/** Ready endpoints, those of one node or all; when there are none, those that still serve while they end. */
function endpointsOf(
  slices: readonly EndpointSlice[],
  portName: string,
  nodeName: string | undefined,
): readonly ServiceEndpoint[] {
  const isNear = (one: Endpoint) => nodeName === undefined || one.nodeName === nodeName
  const ready = collect(slices, portName, (one) => isNear(one) && one.conditions?.ready !== false)
  return ready.length > 0 ? ready : collect(slices, portName, (one) => isNear(one) && isServingItsEnd(one))
}

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

const isServingItsEnd = ({ conditions }: Endpoint): boolean =>
  conditions?.serving === true && conditions.terminating === true

function collect(
  slices: readonly EndpointSlice[],
  portName: string,
  counts: (endpoint: Endpoint) => boolean,
): readonly ServiceEndpoint[] {
  const found = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((one) => (one.name ?? '') === portName)?.port
    if (port === undefined || slice.addressType === 'IPv6') continue
    for (const endpoint of slice.endpoints ?? []) {
      const [address] = endpoint.addresses
      if (address !== undefined && counts(endpoint)) found.set(`${address} ${port}`, { address, port })
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint)
}

const isIpv4 = (ip: string): boolean => /^\d+(\.\d+){3}$/.test(ip)
