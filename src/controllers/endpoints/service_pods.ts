import { isPodEnding, isPodFinished } from '../../api/pod_state.ts'
import { keyOf, type ObjectKey } from '../../api/resource.ts'
import { PODS, SERVICES } from '../../api/resources.ts'
import { matchesAll } from '../../api/selector_match.ts'
import type { Pod, Service } from '../../api/types.ts'
import type { CacheChange, Informers } from '../../client/informer.ts'

/** Which pods stand behind a service, and which services a pod's change concerns. */
export interface ServicePods {
  podsOf(service: Service): readonly Pod[]
  servicesOf(change: CacheChange<Pod>): readonly ObjectKey[]
}

const BY_LABEL = 'endpoints/label'

const labelValue = (namespace: string | undefined, key: string, value: string): string =>
  `${namespace ?? ''}/${key}=${value}`

/** Call before the caches start: it indexes pods by their labels. */
export function createServicePods(informers: Informers): ServicePods {
  const pods = informers.of(PODS)
  const services = informers.of(SERVICES)
  pods.addIndex(BY_LABEL, ({ metadata }) =>
    Object.entries(metadata.labels ?? {}).map(([key, value]) => labelValue(metadata.namespace, key, value)),
  )
  return {
    podsOf(service) {
      const [first] = Object.entries(service.spec.selector ?? {})
      if (first === undefined) return []
      const candidates = pods.byIndex(BY_LABEL, labelValue(service.metadata.namespace, ...first))
      return candidates.filter((pod) => selects(service, pod))
    },
    servicesOf({ previous, current }) {
      const either = [previous, current].filter((pod) => pod !== undefined)
      const candidates = services.list(either[0]?.metadata.namespace)
      return candidates.filter((service) => either.some((pod) => selects(service, pod))).map(keyOf)
    },
  }
}

/** Whether a service has a selector and the pod meets it. */
export function selects(service: Service, pod: Pod): boolean {
  const selector = service.spec.selector
  return hasSelector(service) && matchesAll(selector ?? {}, pod.metadata.labels)
}

/** A service that stands for pods, and not for a name elsewhere or for endpoints made by hand. */
export const hasSelector = (service: Service): boolean =>
  service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0

export const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None'

/** A pod has endpoints from its first address until its containers are done. */
export const hasEndpoint = (pod: Pod): boolean => !isPodFinished(pod) && addressesOf(pod).length > 0

/** The same for Endpoints, which have no word for a pod that is ending. */
export const hasLegacyEndpoint = (pod: Pod, service: Service): boolean =>
  hasEndpoint(pod) && (!isPodEnding(pod) || service.spec.publishNotReadyAddresses === true)

/** All addresses of a pod, the first one first. */
export function addressesOf(pod: Pod): readonly string[] {
  const addresses = (pod.status?.podIPs ?? []).map(({ ip }) => ip).filter((ip) => ip !== undefined && ip !== '')
  if (addresses.length > 0) return addresses as string[]
  return pod.status?.podIP ? [pod.status.podIP] : []
}

/** The name by which DNS knows the pod below the service. */
export function hostnameOf(pod: Pod, service: Service): string | undefined {
  const { hostname, subdomain } = pod.spec
  return hostname && subdomain === service.metadata.name ? hostname : undefined
}
