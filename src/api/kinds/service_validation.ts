import { duplicate, type FieldError, forbidden, invalid, required } from '../field_error.ts'
import type { Service } from '../types.ts'
import { cidrErrors, ipErrors, isIP } from '../validation/addresses.ts'
import { formed, oneOf, requiredOneOf } from '../validation/checks.ts'
import { goNamed } from '../validation/go_names.ts'
import { labelErrors } from '../validation/labels.ts'
import { dnsLabel, dnsSubdomain, qualifiedName } from '../validation/names.ts'
import { portErrors, portOrNameErrors } from '../validation/numbers.ts'
import { isHeadless } from './service_addresses.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const AFFINITIES = ['ClientIP', 'None']
const TRAFFIC_POLICIES = ['Cluster', 'Local']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'"
const AFFINITY_SECONDS_MAX = 86_400

type Spec = Service['spec']
type Port = NonNullable<Spec['ports']>[number]

/** What is wrong with a service, in upstream's order. */
export function serviceErrors({ spec, metadata }: Service): FieldError[] {
  return [
    ...missingPortErrors(spec),
    ...headlessTypeErrors(spec),
    ...externalNameErrors(spec),
    ...portListErrors(spec),
    ...labelErrors(spec.selector, 'spec.selector'),
    ...affinityErrors(spec),
    ...externalAddressErrors(spec),
    ...requiredOneOf(spec.type, TYPES, 'spec.type'),
    ...nodePortErrors(spec),
    ...duplicatePortErrors(spec.ports ?? []),
    ...sourceRangeErrors(spec, metadata.annotations?.[SOURCE_RANGES]),
    ...loadBalancerErrors(spec),
    ...trafficPolicyErrors(spec),
    ...oneOf(spec.trafficDistribution, DISTRIBUTIONS, 'spec.trafficDistribution'),
  ]
}

function headlessTypeErrors(spec: Spec): FieldError[] {
  if (!isHeadless(spec) || (spec.type !== 'LoadBalancer' && spec.type !== 'NodePort')) return []
  return [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)]
}

const missingPortErrors = (spec: Spec): FieldError[] =>
  (spec.ports ?? []).length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName' ? [required('spec.ports')] : []

function externalNameErrors(spec: Spec): FieldError[] {
  if (spec.type !== 'ExternalName') return []
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  return [
    ...((spec.clusterIPs ?? []).length > 0
      ? [forbidden('spec.clusterIPs', 'may not be set for ExternalName services')]
      : []),
    ...((spec.ipFamilies ?? []).length > 0
      ? [forbidden('spec.ipFamilies', 'may not be set for ExternalName services')]
      : []),
    ...(spec.ipFamilyPolicy === undefined
      ? []
      : [forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services')]),
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
    ...(port.protocol ? oneOf(port.protocol, PROTOCOLS, `${at}.protocol`) : [required(`${at}.protocol`)]),
    ...(port.targetPort === undefined ? [] : portOrNameErrors(port.targetPort, `${at}.targetPort`)),
    ...(port.appProtocol === undefined ? [] : formed(port.appProtocol, qualifiedName, `${at}.appProtocol`)),
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
  const errors = requiredOneOf(sessionAffinity, AFFINITIES, 'spec.sessionAffinity')
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

/** Ports of the nodes: not for services within the cluster, and each given once. */
function nodePortErrors({ type, ports = [] }: Spec): FieldError[] {
  const seen = new Set<string>()
  const forbiddenHere = ports.flatMap(({ nodePort }, index) =>
    nodePort && type === 'ClusterIP'
      ? [forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
      : [],
  )
  const repeated = ports.flatMap(({ nodePort, protocol }, index) => {
    if (!nodePort) return []
    const key = `${protocol}/${nodePort}`
    if (seen.has(key)) return [duplicate(`spec.ports[${index}].nodePort`, nodePort)]
    seen.add(key)
    return []
  })
  return [...forbiddenHere, ...repeated]
}

const externalAddressErrors = ({ externalIPs = [] }: Spec): FieldError[] =>
  externalIPs.flatMap((address, index) => {
    const field = `spec.externalIPs[${index}]`
    const errors = ipErrors(address, field)
    return errors.length > 0 ? errors : specialAddressFaults(address).map((fault) => invalid(field, address, fault))
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

function sourceRangeErrors({ type, loadBalancerSourceRanges: ranges = [] }: Spec, annotation = ''): FieldError[] {
  const ofAnnotation = ranges.length === 0
  const field = ofAnnotation ? `metadata.annotations[${SOURCE_RANGES}]` : 'spec.LoadBalancerSourceRanges'
  const given = ofAnnotation ? annotation.split(',').filter(() => annotation.trim() !== '') : ranges
  return [
    ...(given.length > 0 && type !== 'LoadBalancer'
      ? [forbidden(field, "may only be used when `type` is 'LoadBalancer'")]
      : []),
    ...given.flatMap((range, index) => cidrErrors(range.trim(), ofAnnotation ? field : `${field}[${index}]`)),
  ]
}

function loadBalancerErrors(spec: Spec): FieldError[] {
  const surplus = spec.type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== undefined
  return [
    ...(surplus ? [forbidden('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED)] : []),
    ...balancerClassErrors(spec),
  ]
}

function balancerClassErrors({ type, loadBalancerClass }: Spec): FieldError[] {
  if (loadBalancerClass === undefined) return []
  const field = 'spec.loadBalancerClass'
  return type === 'LoadBalancer' ? formed(loadBalancerClass, qualifiedName, field) : [forbidden(field, ONLY_BALANCED)]
}

function trafficPolicyErrors(spec: Spec): FieldError[] {
  const external = spec.externalTrafficPolicy
  const reachable =
    spec.type === 'NodePort' ||
    spec.type === 'LoadBalancer' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  const outside = 'may only be set for externally-accessible services'
  return [
    ...(external !== undefined && !reachable ? [invalid('spec.externalTrafficPolicy', external, outside)] : []),
    ...(external !== undefined && reachable ? oneOf(external, TRAFFIC_POLICIES, 'spec.externalTrafficPolicy') : []),
    ...healthCheckErrors(spec),
    ...oneOf(spec.internalTrafficPolicy, TRAFFIC_POLICIES, 'spec.internalTrafficPolicy'),
  ]
}

function healthCheckErrors({ type, externalTrafficPolicy, healthCheckNodePort: port = 0 }: Spec): FieldError[] {
  const field = 'spec.healthCheckNodePort'
  const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  if (port === 0) return []
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
    ? portErrors(port, field)
    : [invalid(field, port, detail)]
}

/** What is wrong with a change: an address that was given out stays. */
export function serviceUpdateErrors(service: Service, old: Service): FieldError[] {
  return [
    ...changedAddressErrors(service.spec, old.spec),
    ...changedFamilyErrors(service.spec, old.spec),
    ...changedClassErrors(service.spec, old.spec),
    ...balancerClassErrors(service.spec),
    ...changedHealthCheckErrors(service.spec, old.spec),
    ...serviceErrors(service),
  ]
}

/** Who balances the load is settled with the first value. */
function changedClassErrors({ type, loadBalancerClass }: Spec, old: Spec): FieldError[] {
  if (type !== 'LoadBalancer' || old.type !== 'LoadBalancer' || loadBalancerClass === old.loadBalancerClass) return []
  return [invalid('spec.loadBalancerClass', loadBalancerClass ?? null, 'may not change once set')]
}

const needsHealthCheck = ({ type, externalTrafficPolicy }: Spec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

const changedHealthCheckErrors = (spec: Spec, old: Spec): FieldError[] =>
  needsHealthCheck(spec) && needsHealthCheck(old) && spec.healthCheckNodePort !== old.healthCheckNodePort
    ? [forbidden('spec.healthCheckNodePort', 'field is immutable')]
    : []

/** The first address stays, and so does the second until one family is asked for. */
function changedAddressErrors(spec: Spec, old: Spec): FieldError[] {
  if (old.type === 'ExternalName' || spec.type === 'ExternalName' || (isHeadless(old) && isHeadless(spec))) return []
  const [now, before] = [spec.clusterIPs ?? [], old.clusterIPs ?? []]
  const changed = (index: number): FieldError => invalid(`spec.clusterIPs[${index}]`, now, 'may not change once set')
  if (now.length === before.length) return before.flatMap((one, index) => (one === now[index] ? [] : [changed(index)]))
  const isOther = before.length > 0 && now.length > 0 && now[0] !== before[0]
  const errors = isOther ? [changed(0)] : []
  if (before.length < now.length) return errors
  const released = "must be set to 'SingleStack' when releasing the secondary clusterIP"
  return [
    ...(now.length === 0 ? [invalid('spec.clusterIPs[0]', now, 'primary clusterIP can not be unset')] : []),
    ...errors,
    ...(now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack'
      ? [invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, released)]
      : []),
  ]
}

/** Upstream shows the addresses where the families changed in number. */
function changedFamilyErrors(spec: Spec, old: Spec): FieldError[] {
  if (old.type === 'ExternalName' || spec.type === 'ExternalName') return []
  if (isHeadless(spec) || isHeadless(old)) return []
  const [now, before] = [spec.ipFamilies ?? [], old.ipFamilies ?? []]
  const field = 'spec.ipFamilies[0]'
  if (now.length === before.length) {
    return before.flatMap((one, index) => (one === now[index] ? [] : [invalid(field, now, 'may not change once set')]))
  }
  const isOther = before.length > 0 && now.length > 0 && now[0] !== before[0]
  return isOther ? [invalid(field, spec.clusterIPs ?? [], 'may not change once set')] : []
}

/** What is wrong with the status: the addresses of a load balancer. */
export function serviceStatusErrors({ status, spec }: Service): FieldError[] {
  const ingress = status?.loadBalancer?.ingress ?? []
  const field = 'status.loadBalancer.ingress'
  if (spec.type !== 'LoadBalancer') {
    return ingress.length === 0 ? [] : [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")]
  }
  return ingress.flatMap(({ ip, ipMode, hostname }, index) => {
    const at = `${field}[${index}]`
    return [
      ...(ip ? ipErrors(ip, `${at}.ip`) : []),
      ...(ipMode !== undefined && !ip
        ? [forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set')]
        : oneOf(ipMode, ['Proxy', 'VIP'], `${at}.ipMode`)),
      ...(hostname ? formed(hostname, dnsSubdomain, `${at}.hostname`) : []),
      ...(hostname && isIP(hostname)
        ? [invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address')]
        : []),
    ]
  })
}
