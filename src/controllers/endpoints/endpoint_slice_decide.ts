import { isPodEnding, isPodReady } from '../../api/pod_state.ts'
import type { EndpointSlice, Pod, Service } from '../../api/types.ts'
import { HEADLESS_LABEL, SERVICE_NAME_LABEL, SLICE_MANAGED_BY_LABEL, SLICE_MANAGER } from './names.ts'
import { addressesOf, hasEndpoint, hasSelector, hostnameOf, isHeadless } from './service_pods.ts'
import { portsOf } from './service_ports.ts'
import { type AddressFamily, type Endpoint, packSlices, type SliceGroup, type SlicePlan } from './slice_packing.ts'

export interface SliceView {
  readonly service: Service
  readonly pods: readonly Pod[]
  /** Those of the service that this controller manages. */
  readonly slices: readonly EndpointSlice[]
  readonly zoneOf: (nodeName: string) => string | undefined
}

const NOTHING: SlicePlan = { create: [], update: [], remove: [] }

/** The writes that bring the slices of a service up to what its pods are: one a slice, none when all is right. Pure. */
export function decideSlices(view: SliceView): SlicePlan {
  const { service, slices } = view
  if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return NOTHING
  const plans = familiesOf(service).map((family) => {
    const ofFamily = slices.filter((slice) => slice.addressType === family)
    const groups = groupsOf(view, family)
    return packSlices({ owner: service, family, labels: labelsOf(service), groups, keepsEmpty: true, slices: ofFamily })
  })
  const foreign = slices.filter((slice) => !(familiesOf(service) as string[]).includes(slice.addressType))
  return {
    create: plans.flatMap((plan) => plan.create),
    update: plans.flatMap((plan) => plan.update),
    remove: [...plans.flatMap((plan) => plan.remove), ...foreign],
  }
}

const familiesOf = (service: Service): AddressFamily[] =>
  (service.spec.ipFamilies ?? ['IPv4']).map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'))

/** Pods with equal ports share slices. */
function groupsOf({ service, pods, zoneOf }: SliceView, family: AddressFamily): readonly SliceGroup[] {
  const groups = new Map<string, { ports: SliceGroup['ports']; endpoints: Endpoint[] }>()
  for (const pod of pods.filter(hasEndpoint)) {
    const addresses = addressesOf(pod).filter((address) => address.includes(':') === (family === 'IPv6'))
    if (addresses.length === 0) continue
    const ports = portsOf(service, pod)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    group.endpoints.push(endpointOf(pod, service, addresses, zoneOf))
    groups.set(key, group)
  }
  return [...groups.values()]
}

function endpointOf(pod: Pod, service: Service, addresses: readonly string[], zoneOf: SliceView['zoneOf']): Endpoint {
  const { name, namespace = '', uid } = pod.metadata
  const { nodeName } = pod.spec
  const hostname = hostnameOf(pod, service)
  const zone = nodeName === undefined ? undefined : zoneOf(nodeName)
  return {
    addresses,
    conditions: conditionsOf(pod, service),
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  }
}

/** A pod serves while it is ready; it is ready for new traffic only as long as it is not ending. */
function conditionsOf(pod: Pod, service: Service): NonNullable<Endpoint['conditions']> {
  const serving = isPodReady(pod)
  const terminating = isPodEnding(pod)
  return { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating }
}

/** The labels of the service, but for those by which slices are told apart. */
function labelsOf(service: Service): Readonly<Record<string, string>> {
  const reserved = new Set([HEADLESS_LABEL, SERVICE_NAME_LABEL, SLICE_MANAGED_BY_LABEL])
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !reserved.has(key))
  return {
    ...Object.fromEntries(own),
    [SLICE_MANAGED_BY_LABEL]: SLICE_MANAGER,
    [SERVICE_NAME_LABEL]: service.metadata.name,
    ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}),
  }
}
