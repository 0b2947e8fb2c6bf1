import type { Service } from '../types.ts'
import { nonCanonicalCidrWarnings, nonCanonicalIpWarnings } from '../validation/ip_warnings.ts'

const HINTS = 'service.kubernetes.io/topology-aware-hints'

/** What is ignored, or will be. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const { clusterIPs = [], externalIPs = [], loadBalancerIP, type } = spec
  const headless = type === 'ClusterIP' && spec.clusterIP === 'None'
  const ignored = (given: boolean, field: string, when: string): string[] =>
    given ? [`spec.${field} is ignored ${when}`] : []
  return [
    ...(metadata.annotations?.[HINTS] === undefined
      ? []
      : [`annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...clusterIPs.flatMap((ip, index) => nonCanonicalIpWarnings(ip, `spec.clusterIPs[${index}]`)),
    ...ignored(headless && Boolean(loadBalancerIP), 'loadBalancerIP', 'for headless services'),
    ...ignored(headless && externalIPs.length > 0, 'externalIPs', 'for headless services'),
    ...ignored(headless && spec.sessionAffinity !== 'None', 'SessionAffinity', 'for headless services'),
    ...externalIPs.flatMap((ip, index) => nonCanonicalIpWarnings(ip, `spec.externalIPs[${index}]`)),
    ...(externalIPs.length === 0 || headless || type === 'ExternalName'
      ? []
      : ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']),
    ...(loadBalancerIP ? nonCanonicalIpWarnings(loadBalancerIP, 'spec.loadBalancerIP') : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, index) =>
      nonCanonicalCidrWarnings(range, `spec.loadBalancerSourceRanges[${index}]`),
    ),
    ...ignored(type === 'ExternalName' && externalIPs.length > 0, 'externalIPs', 'when spec.type is "ExternalName"'),
    ...ignored(
      type !== 'ExternalName' && Boolean(spec.externalName),
      'externalName',
      'when spec.type is not "ExternalName"',
    ),
    ...(spec.trafficDistribution === 'PreferClose'
      ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
      : []),
  ]
}
