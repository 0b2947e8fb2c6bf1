import type { Millis } from '../../base/clock.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { SERVICES } from '../resources.ts'
import type { Service } from '../types.ts'
import { fill, items, keepSpec, type Loose, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { serviceAllocationErrors, settleFamilies } from './service_families.ts'
import { prepareServiceUpdate, usesNodePorts } from './service_update.ts'
import { serviceErrors, serviceStatusErrors, serviceUpdateErrors } from './service_validation.ts'
import { serviceWarnings } from './service_warnings.ts'

const AFFINITY_SECONDS_DEFAULT = 10_800

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
  settleFamilies(spec)
  dropNamesPolicy(draft)
}

/** Traffic within the cluster does not come by a service that is only a name. */
function dropNamesPolicy({ spec }: MutableObject): void {
  const isKnown = spec.internalTrafficPolicy === 'Cluster' || spec.internalTrafficPolicy === 'Local'
  if (spec.type === 'ExternalName' && isKnown) delete spec.internalTrafficPolicy
}

function prepareUpdate(draft: MutableObject, old: Service): void {
  prepareServiceUpdate(draft, old)
  dropNamesPolicy(draft)
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
  validateFirst: serviceAllocationErrors,
  validateCreate: serviceErrors,
  validateUpdate: serviceUpdateErrors,
  validateStatusUpdate: serviceStatusErrors,
  warnings: serviceWarnings,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type ?? '' }),
  cells,
}
