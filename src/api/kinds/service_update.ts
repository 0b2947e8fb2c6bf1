import type { MutableObject } from '../kind_rules.ts'
import type { Service } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { items, type Loose } from './draft.ts'
import { settleFamilies } from './service_families.ts'

const needsAddress = (spec: Loose): boolean => spec.type !== 'ExternalName'
export const usesNodePorts = (spec: Loose): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'
const drawsNodePorts = (spec: Loose): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
const needsHealthCheck = (spec: Loose): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
const isReachable = (spec: Loose): boolean =>
  usesNodePorts(spec) || (spec.type === 'ClusterIP' && items(spec.externalIPs).length > 0)
const sameAddresses = (spec: Loose, old: Loose): boolean => equal(spec.clusterIPs, old.clusterIPs)

/** What was given out stays, unless the new type has no use for it and the client did not change it. */
export function prepareServiceUpdate(draft: MutableObject, old: Service): void {
  const { spec } = draft
  const before = old.spec as Loose
  keepGivenOut(spec, before)
  syncAddresses(spec, before)
  settleFamilies(spec, before)
  draft['status'] = structuredClone(old.status)
  dropUseless(draft, before)
}

/** A client that does not say what was given out to the service means that it stays. */
function keepGivenOut(spec: Loose, old: Loose): void {
  if (needsAddress(old) && needsAddress(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP
    if (items(spec.clusterIPs).length === 0 && items(old.clusterIPs).length > 0) spec.clusterIPs = [...old.clusterIPs]
  }
  if (drawsNodePorts(old) && drawsNodePorts(spec)) keepNodePorts(spec, old)
  if (needsHealthCheck(old) && needsHealthCheck(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort)
    spec.healthCheckNodePort = old.healthCheckNodePort
}

/** A port is known by its name: everything else of it may have been changed. */
function keepNodePorts(spec: Loose, old: Loose): void {
  const now = new Set(items(spec.ports).map((port) => port.nodePort))
  const stillUsed = new Set(
    items(old.ports)
      .map((port) => port.nodePort || undefined)
      .filter((port) => now.has(port)),
  )
  const byName = new Map(items(old.ports).map((port) => [port.name ?? '', port.nodePort]))
  for (const port of items(spec.ports)) {
    const before = byName.get(port.name ?? '')
    if (!port.nodePort && before && !stillUsed.has(before)) port.nodePort = before
  }
}

/** Who changes one of `clusterIP` and `clusterIPs` only means both. */
function syncAddresses(spec: Loose, old: Loose): void {
  const [now = '', before = ''] = [spec.clusterIP, old.clusterIP]
  const hadSome = items(old.clusterIPs).length > 0
  if (hadSome && items(spec.clusterIPs).length === 0 && now === before) spec.clusterIPs = [...old.clusterIPs]
  if (now === before || !sameAddresses(spec, old)) return
  if (now === '') delete spec.clusterIPs
  else spec.clusterIPs = [now]
}

function dropUseless(draft: MutableObject, old: Loose): void {
  const { spec } = draft
  if (needsAddress(old) && !needsAddress(spec)) dropAddresses(spec, old)
  if (usesNodePorts(old) && !usesNodePorts(spec)) dropNodePorts(spec, old)
  if (needsHealthCheck(old) && !needsHealthCheck(spec)) dropIfSame(spec, old, 'healthCheckNodePort')
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    dropIfSame(spec, old, 'allocateLoadBalancerNodePorts')
    dropIfSame(spec, old, 'loadBalancerClass')
  }
  if (isReachable(old) && !isReachable(spec)) dropIfSame(spec, old, 'externalTrafficPolicy')
  if (spec.type !== 'LoadBalancer') draft['status'] = { ...draft['status'], loadBalancer: {} }
}

function dropIfSame(spec: Loose, old: Loose, field: string): void {
  if (spec[field] === old[field]) delete spec[field]
}

function dropAddresses(spec: Loose, old: Loose): void {
  if ((spec.clusterIP ?? '') === (old.clusterIP ?? '') && sameAddresses(spec, old)) {
    delete spec.clusterIP
    delete spec.clusterIPs
  }
  if (equal(spec.ipFamilies, old.ipFamilies)) delete spec.ipFamilies
  dropIfSame(spec, old, 'ipFamilyPolicy')
}

/** Node ports that the client only sent back are dropped; new ones are left for validation to refuse. */
function dropNodePorts(spec: Loose, old: Loose): void {
  const before = new Set(items(old.ports).map((port) => port.nodePort))
  const ports = items(spec.ports)
  if (ports.some(({ nodePort }) => nodePort && !before.has(nodePort))) return
  for (const port of ports) delete port.nodePort
}
