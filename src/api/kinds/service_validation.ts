import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { Service } from '../types.ts'
import { CIDR_FAULT, IP_FAULT, isCidr, isIP, isIPv4 } from '../validation/addresses.ts'
import { goNamed } from '../validation/go_names.ts'
import { labelErrors } from '../validation/labels.ts'
import { dnsLabel, dnsSubdomain, qualifiedName } from '../validation/names.ts'
import { portErrors, portOrNameErrors } from '../validation/numbers.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const AFFINITIES = ['ClientIP', 'None']
const TRAFFIC_POLICIES = ['Cluster', 'Local']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const AFFINITY_SECONDS_MAX = 86_400

type Spec = Service['spec']
type Port = NonNullable<Spec['ports']>[number]

/** What is wrong with a service. */
export function serviceErrors({ spec }: Service): FieldError[] {
  return [
    ...missingPortErrors(spec),
    ...externalNameErrors(spec),
    ...portListErrors(spec),
    ...labelErrors(spec.selector, 'spec.selector'),
    ...affinityErrors(spec),
    ...choice(spec.type, TYPES, 'spec.type'),
    ...duplicatePortErrors(spec.ports ?? []),
    ...nodePortErrors(spec),
    ...externalAddressErrors(spec),
    ...sourceRangeErrors(spec),
    ...trafficPolicyErrors(spec),
    ...addressErrors(spec),
    ...familyErrors(spec),
  ]
}

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]

const isHeadless = (spec: Spec): boolean => spec.clusterIP === 'None'

const missingPortErrors = (spec: Spec): FieldError[] =>
  (spec.ports ?? []).length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName' ? [required('spec.ports')] : []

function externalNameErrors(spec: Spec): FieldError[] {
  if (spec.type !== 'ExternalName') return []
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  return [
    ...((spec.clusterIPs ?? []).length > 0
      ? [forbidden('spec.clusterIPs', 'may not be set for ExternalName services')]
      : []),
    ...(name === ''
      ? [required('spec.externalName')]
      : dnsSubdomain(name).map((fault) => invalid('spec.externalName', name, fault))),
  ]
}

function portListErrors({ ports = [] }: Spec): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => onePortErrors(port, ports.length > 1, names, `spec.ports[${index}]`))
}

function onePortErrors(port: Port, needsName: boolean, names: Set<string>, at: string): FieldError[] {
  return [
    ...portNameErrors(port.name ?? '', needsName, names, `${at}.name`),
    ...portErrors(port.port, `${at}.port`),
    ...(port.protocol ? choice(port.protocol, PROTOCOLS, `${at}.protocol`) : [required(`${at}.protocol`)]),
    ...(port.targetPort === undefined ? [] : portOrNameErrors(port.targetPort, `${at}.targetPort`)),
    ...(port.appProtocol
      ? qualifiedName(port.appProtocol).map((fault) => invalid(`${at}.appProtocol`, port.appProtocol, fault))
      : []),
  ]
}

function portNameErrors(name: string, needed: boolean, names: Set<string>, field: string): FieldError[] {
  if (name === '') return needed ? [required(field)] : []
  const errors = dnsLabel(name).map((fault) => invalid(field, name, fault))
  if (names.has(name)) return [...errors, duplicate(field, name)]
  names.add(name)
  return errors
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig: config }: Spec): FieldError[] {
  const errors = choice(sessionAffinity, AFFINITIES, 'spec.sessionAffinity')
  if (sessionAffinity !== 'ClientIP') return errors
  const seconds = config?.clientIP?.timeoutSeconds
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds'
  if (seconds === undefined || (seconds > 0 && seconds <= AFFINITY_SECONDS_MAX)) return errors
  return [...errors, invalid(field, seconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`)]
}

/** Two ports that only differ in name are one. */
function duplicatePortErrors(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>()
  return ports.flatMap(({ protocol = '', port }, index) => {
    const key = `${protocol}/${port}`
    if (seen.has(key)) return [duplicate(`spec.ports[${index}]`, goNamed('core.ServicePort', { protocol, port }))]
    seen.add(key)
    return []
  })
}

function nodePortErrors({ type, ports = [] }: Spec): FieldError[] {
  if (type === 'NodePort' || type === 'LoadBalancer') return []
  return ports.flatMap(({ nodePort }, index) =>
    nodePort ? [forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
  )
}

const externalAddressErrors = ({ externalIPs = [] }: Spec): FieldError[] =>
  externalIPs.flatMap((address, index) => {
    const field = `spec.externalIPs[${index}]`
    if (!isIP(address)) return [invalid(field, address, IP_FAULT)]
    return specialAddressFaults(address).map((fault) => invalid(field, address, fault))
  })

export function specialAddressFaults(address: string): string[] {
  return [
    ...(address === '0.0.0.0' || address === '::' ? [`may not be unspecified (${address})`] : []),
    ...(address.startsWith('127.') || address === '::1'
      ? ['may not be in the loopback range (127.0.0.0/8, ::1/128)']
      : []),
    ...(address.startsWith('169.254.') || /^fe[89ab]/i.test(address)
      ? ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']
      : []),
    ...(address.startsWith('224.0.0.') || /^ff02:/i.test(address)
      ? ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']
      : []),
  ]
}

function sourceRangeErrors({ type, loadBalancerSourceRanges: ranges = [] }: Spec): FieldError[] {
  if (ranges.length === 0) return []
  if (type !== 'LoadBalancer') {
    return [forbidden('spec.loadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'")]
  }
  return ranges.flatMap((range, index) =>
    isCidr(range.trim()) ? [] : [invalid(`spec.loadBalancerSourceRanges[${index}]`, range, CIDR_FAULT)],
  )
}

function trafficPolicyErrors(spec: Spec): FieldError[] {
  const external = spec.externalTrafficPolicy
  const reachable = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
  const outside = 'may only be set for externally-accessible services'
  return [
    ...(external !== undefined && !reachable ? [invalid('spec.externalTrafficPolicy', external, outside)] : []),
    ...(external !== undefined && reachable ? choice(external, TRAFFIC_POLICIES, 'spec.externalTrafficPolicy') : []),
    ...choice(spec.internalTrafficPolicy, TRAFFIC_POLICIES, 'spec.internalTrafficPolicy'),
  ]
}

function addressErrors(spec: Spec): FieldError[] {
  const { clusterIPs = [], clusterIP = '', type } = spec
  if (type === 'ExternalName' || clusterIPs.length === 0) return []
  const field = 'spec.clusterIPs'
  const families = new Set(clusterIPs.map(isIPv4))
  const errors = clusterIPs.flatMap((address, index) =>
    isIP(address) || (address === 'None' && index === 0) ? [] : [invalid(`${field}[${index}]`, address, IP_FAULT)],
  )
  return [
    ...(clusterIP === '' ? [invalid(field, clusterIPs, 'must be empty when `clusterIP` is not specified')] : []),
    ...(clusterIP !== '' && clusterIPs[0] !== clusterIP
      ? [invalid(field, clusterIPs, 'first value must match `clusterIP`')]
      : []),
    ...errors,
    ...(errors.length === 0 && clusterIPs.length > 1 && families.size < clusterIPs.length
      ? [invalid(field, clusterIPs, 'may specify no more than one IP for each IP family')]
      : []),
  ]
}

/** The cluster has IPv4 only; a headless service that selects nothing may still name both. */
function familyErrors(spec: Spec): FieldError[] {
  const { ipFamilyPolicy: policy, ipFamilies = [] } = spec
  const anywhere = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0
  if (spec.type === 'ExternalName') return []
  const notDual = 'this cluster is not configured for dual-stack services'
  return [
    ...choice(policy, FAMILY_POLICIES, 'spec.ipFamilyPolicy'),
    ...(policy === 'RequireDualStack' && !anywhere ? [invalid('spec.ipFamilyPolicy', policy, notDual)] : []),
    ...ipFamilies.flatMap((family, index) =>
      family === 'IPv4' || anywhere
        ? []
        : [invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
    ),
  ]
}

/** What is wrong with a change: an address that was given out stays. */
export function serviceUpdateErrors(service: Service, old: Service): FieldError[] {
  return [...changedAddressErrors(service.spec, old.spec), ...serviceErrors(service)]
}

function changedAddressErrors(spec: Spec, old: Spec): FieldError[] {
  const before = old.clusterIPs?.[0]
  const after = spec.clusterIPs?.[0]
  if (old.type === 'ExternalName' || spec.type === 'ExternalName' || !before || before === after) return []
  if (spec.clusterIP === old.clusterIP) return []
  return [invalid('spec.clusterIPs[0]', spec.clusterIPs ?? [], 'may not change once set')]
}

/** What is wrong with the status: the addresses of a load balancer. */
export function serviceStatusErrors({ status }: Service): FieldError[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const at = `status.loadBalancer.ingress[${index}]`
    return [
      ...(ip && !isIP(ip) ? [invalid(`${at}.ip`, ip, IP_FAULT)] : []),
      ...(hostname && isIP(hostname)
        ? [invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address')]
        : []),
      ...(hostname && !isIP(hostname)
        ? dnsSubdomain(hostname).map((fault) => invalid(`${at}.hostname`, hostname, fault))
        : []),
    ]
  })
}
