import type { Millis } from '../../base/clock.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { SERVICES } from '../resources.ts'
import type { Service } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { fill, items, keepSpec, type Loose, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { serviceErrors, serviceStatusErrors, serviceUpdateErrors } from './service_validation.ts'
import { serviceWarnings } from './service_warnings.ts'

const AFFINITY_SECONDS_DEFAULT = 10_800

const usesNodePorts = (spec: Loose): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  fill(spec, 'type', 'ClusterIP')
  affinityDefaults(spec)
  for (const port of items(spec.ports)) {
    fill(port, 'protocol', 'TCP')
    if (!port.targetPort) port.targetPort = port.port
  }
  const reachable = spec.type === 'ClusterIP' && items(spec.externalIPs).length > 0
  if (usesNodePorts(spec) || reachable) fill(spec, 'externalTrafficPolicy', 'Cluster')
  if (usesNodePorts(spec) || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
  part(part(draft, 'status'), 'loadBalancer')
  for (const ingress of items(draft['status'].loadBalancer.ingress)) if (ingress.ip) ingress.ipMode ??= 'VIP'
}

function affinityDefaults(spec: Loose): void {
  fill(spec, 'sessionAffinity', 'None')
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity !== 'ClientIP') return
  part(part(spec, 'sessionAffinityConfig'), 'clientIP').timeoutSeconds ??= AFFINITY_SECONDS_DEFAULT
}

function prepareCreate(draft: MutableObject): void {
  draft['status'] = { loadBalancer: {} }
  const { spec } = draft
  if (spec.clusterIP && items(spec.clusterIPs).length === 0) spec.clusterIPs = [spec.clusterIP]
  familyDefaults(spec)
}

/** One family, as the cluster has one; a headless service that selects nothing may point at any address. */
function familyDefaults(spec: Loose): void {
  if (spec.type === 'ExternalName') return
  const pointsAnywhere = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  fill(spec, 'ipFamilyPolicy', pointsAnywhere ? 'RequireDualStack' : 'SingleStack')
  if (items(spec.ipFamilies).length === 0) spec.ipFamilies = pointsAnywhere ? ['IPv4', 'IPv6'] : ['IPv4']
}

/** What was given out stays, unless the new type has no use for it. */
function prepareUpdate(draft: MutableObject, old: Service): void {
  draft['status'] = structuredClone(old.status)
  const { spec } = draft
  if (spec.type !== 'ExternalName') keepAddresses(spec, old.spec)
  syncAddresses(spec, old.spec)
  if (spec.type === 'ExternalName') dropAddresses(spec, old.spec)
  if (usesNodePorts(spec)) keepNodePorts(spec, old.spec)
  else dropNodePorts(spec, old.spec)
  if (spec.type !== 'LoadBalancer') dropLoadBalancer(draft, old.spec)
}

/** Who changes one of `clusterIP` and `clusterIPs` only means both. */
function syncAddresses(spec: Loose, old: Loose): void {
  const sameList = equal(spec.clusterIPs, old.clusterIPs)
  if (spec.clusterIP !== old.clusterIP && sameList) spec.clusterIPs = spec.clusterIP ? [spec.clusterIP] : []
  if (spec.clusterIP && items(spec.clusterIPs).length === 0) spec.clusterIPs = [spec.clusterIP]
}

function keepAddresses(spec: Loose, old: Loose): void {
  if (old.type !== 'ExternalName') {
    fill(spec, 'clusterIP', old.clusterIP)
    if (items(spec.clusterIPs).length === 0 && spec.clusterIP === old.clusterIP)
      spec.clusterIPs = structuredClone(old.clusterIPs)
  }
  if (items(spec.ipFamilies).length === 0 && old.ipFamilies) spec.ipFamilies = [...old.ipFamilies]
  if (!spec.ipFamilyPolicy && old.ipFamilyPolicy) spec.ipFamilyPolicy = old.ipFamilyPolicy
  familyDefaults(spec)
}

function dropAddresses(spec: Loose, old: Loose): void {
  if (old.type === 'ExternalName') return
  if (spec.clusterIP === old.clusterIP) {
    delete spec.clusterIP
    delete spec.clusterIPs
  }
  delete spec.ipFamilies
  delete spec.ipFamilyPolicy
  delete spec.internalTrafficPolicy
}

const portKey = (port: Loose): string => `${port.protocol}/${port.port}`

function keepNodePorts(spec: Loose, old: Loose): void {
  if (!usesNodePorts(old)) return
  const taken = new Set(items(spec.ports).map((port) => port.nodePort))
  const before = new Map(items(old.ports).map((port) => [portKey(port), port.nodePort]))
  for (const port of items(spec.ports)) {
    const nodePort = before.get(portKey(port))
    if (!port.nodePort && nodePort && !taken.has(nodePort)) port.nodePort = nodePort
  }
}

/** Node ports that the client only sent back are dropped; new ones are left for validation to refuse. */
function dropNodePorts(spec: Loose, old: Loose): void {
  if (!usesNodePorts(old)) return
  const before = new Set(items(old.ports).map((port) => port.nodePort))
  for (const port of items(spec.ports)) if (before.has(port.nodePort)) delete port.nodePort
  if (spec.externalTrafficPolicy === old.externalTrafficPolicy) delete spec.externalTrafficPolicy
  if (spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort
}

function dropLoadBalancer(draft: MutableObject, old: Loose): void {
  if (old.type !== 'LoadBalancer') return
  const { spec } = draft
  if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts)
    delete spec.allocateLoadBalancerNodePorts
  if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass
  draft['status'] = { loadBalancer: {} }
}

function cells(service: Service, now: Millis): Cell[] {
  const { metadata, spec } = service
  return [
    metadata.name,
    spec.type ?? 'ClusterIP',
    spec.clusterIPs?.[0] || spec.clusterIP || '<none>',
    externalCell(service),
    portsCell(service),
    ageOf(metadata.creationTimestamp, now),
    labelText(spec.selector),
  ]
}

/** `a=1,b=2`, sorted; `<none>` if there are none. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',')
}

function externalCell({ spec, status }: Service): string {
  const own = spec.externalIPs ?? []
  if (spec.type === 'ExternalName') return spec.externalName || '<none>'
  if (spec.type !== 'LoadBalancer') return own.length === 0 ? '<none>' : own.join(',')
  const addresses = (status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip || ingress.hostname || '')
  return [...addresses, ...own].join(',') || '<pending>'
}

function portsCell({ spec }: Service): string {
  const texts = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  )
  return texts.length === 0 ? '<none>' : texts.join(',')
}

/** Services. Cluster addresses and node ports are given out by the server. */
export const serviceRules: KindRules<Service> = {
  resource: SERVICES,
  createOnUpdate: true,
  generation: 'none',
  nameForm: 'dns-label',
  deleteAnswersObject: true,
  defaults,
  prepareCreate,
  prepareUpdate,
  prepareStatusUpdate: keepSpec,
  validateCreate: serviceErrors,
  validateUpdate: serviceUpdateErrors,
  validateStatusUpdate: serviceStatusErrors,
  warnings: serviceWarnings,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type ?? '' }),
  cells,
}
