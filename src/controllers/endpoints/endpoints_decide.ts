import { isPodReady } from '../../api/pod_state.ts'
import type { Draft, Endpoints, Pod, Service } from '../../api/types.ts'
import { equalJson } from '../../base/equal.ts'
import { ADDRESSES_PER_ENDPOINTS_MAX } from './limits.ts'
import { ENDPOINTS_MANAGED_BY_LABEL, ENDPOINTS_MANAGER, HEADLESS_LABEL } from './names.ts'
import { addressesOf, hasLegacyEndpoint, hasSelector, hostnameOf, isHeadless } from './service_pods.ts'
import { portsOf } from './service_ports.ts'

type Subset = NonNullable<Endpoints['subsets']>[number]
type Address = NonNullable<Subset['addresses']>[number]

export interface EndpointsView {
  readonly key: string
  readonly service: Service | undefined
  readonly pods: readonly Pod[]
  readonly endpoints: Endpoints | undefined
}

export type EndpointsPlan =
  | { readonly action: 'none' }
  | { readonly action: 'create'; readonly draft: Draft<Endpoints> }
  | { readonly action: 'update'; readonly endpoints: Endpoints }
  | { readonly action: 'delete'; readonly endpoints: Endpoints }

const NOTHING: EndpointsPlan = { action: 'none' }

/** The one write that brings the Endpoints of a service up to what its pods are. Pure. */
export function decideEndpoints({ service, pods, endpoints }: EndpointsView): EndpointsPlan {
  if (service === undefined) return decideWithoutService(endpoints)
  if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return NOTHING
  const labels = labelsOf(service)
  const subsets = subsetsOf(service, pods)
  const content = subsets.length === 0 ? {} : { subsets }
  if (endpoints === undefined) {
    const { name, namespace = '' } = service.metadata
    return { action: 'create', draft: { metadata: { name, namespace, labels }, ...content } }
  }
  const { metadata } = endpoints
  if (equalJson(metadata.labels ?? {}, labels) && equalJson(endpoints.subsets ?? [], subsets)) return NOTHING
  const { subsets: _old, ...rest } = endpoints
  return { action: 'update', endpoints: { ...rest, metadata: { ...endpoints.metadata, labels }, ...content } }
}

/** Endpoints made by hand are nobody's to delete. */
function decideWithoutService(endpoints: Endpoints | undefined): EndpointsPlan {
  const isOurs = endpoints?.metadata.labels?.[ENDPOINTS_MANAGED_BY_LABEL] === ENDPOINTS_MANAGER
  return endpoints !== undefined && isOurs ? { action: 'delete', endpoints } : NOTHING
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const { [HEADLESS_LABEL]: _ignored, ...own } = service.metadata.labels ?? {}
  const headless = isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}
  return { ...own, [ENDPOINTS_MANAGED_BY_LABEL]: ENDPOINTS_MANAGER, ...headless }
}

/** Pods with equal ports share a subset; those that are not ready stand apart in it. */
function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const subsets = new Map<string, { ports: Subset['ports']; ready: Address[]; notReady: Address[] }>()
  const served = pods.filter((pod) => hasLegacyEndpoint(pod, service)).slice(0, ADDRESSES_PER_ENDPOINTS_MAX)
  for (const pod of served) {
    const ports = portsOf(service, pod).map(({ name, ...rest }) => (name === '' ? rest : { name, ...rest }))
    if (ports.length === 0 && !isHeadless(service)) continue
    const key = JSON.stringify(ports)
    const subset = subsets.get(key) ?? { ports, ready: [], notReady: [] }
    const accepted = service.spec.publishNotReadyAddresses === true || isPodReady(pod)
    ;(accepted ? subset.ready : subset.notReady).push(addressOf(pod, service))
    subsets.set(key, subset)
  }
  return [...subsets.values()].map(({ ports, ready, notReady }) => ({
    ...(ready.length === 0 ? {} : { addresses: ready.sort(byAddress) }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady.sort(byAddress) }),
    ...(ports === undefined || ports.length === 0 ? {} : { ports }),
  }))
}

const byAddress = (a: Address, b: Address): number => (a.ip < b.ip ? -1 : 1)

function addressOf(pod: Pod, service: Service): Address {
  const { name, namespace = '', uid } = pod.metadata
  const hostname = hostnameOf(pod, service)
  const { nodeName } = pod.spec
  return {
    ip: addressesOf(pod)[0] ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}
