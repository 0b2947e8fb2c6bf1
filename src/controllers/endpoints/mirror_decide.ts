import type { EndpointSlice, Endpoints, Service } from '../../api/types.ts'
import { SERVICE_NAME_LABEL, SKIP_MIRROR_LABEL, SLICE_MANAGED_BY_LABEL, SLICE_MIRROR_MANAGER } from './names.ts'
import { hasSelector } from './service_pods.ts'
import { type AddressFamily, type Endpoint, packSlices, type SliceGroup, type SlicePlan } from './slice_packing.ts'

type Subset = NonNullable<Endpoints['subsets']>[number]
type Address = NonNullable<Subset['addresses']>[number]

/** On Endpoints that are a lock for electing a leader, not a list of addresses. */
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader'
const FAMILIES: readonly AddressFamily[] = ['IPv4', 'IPv6']

export interface MirrorView {
  readonly service: Service | undefined
  readonly endpoints: Endpoints | undefined
  /** Those of the service that are mirrors. */
  readonly slices: readonly EndpointSlice[]
}

/** The writes after which the slices show what somebody wrote into Endpoints by hand. Pure. */
export function decideMirror({ service, endpoints, slices }: MirrorView): SlicePlan {
  if (endpoints === undefined || service === undefined || !isMirrored(service, endpoints)) {
    return { create: [], update: [], remove: slices }
  }
  const plans = FAMILIES.map((family) =>
    packSlices({
      owner: { ...endpoints, apiVersion: 'v1', kind: 'Endpoints' },
      family,
      labels: labelsOf(endpoints),
      groups: (endpoints.subsets ?? []).flatMap((subset) => groupOf(subset, family)),
      keepsEmpty: false,
      slices: slices.filter((slice) => slice.addressType === family),
    }),
  )
  return {
    create: plans.flatMap((plan) => plan.create),
    update: plans.flatMap((plan) => plan.update),
    remove: plans.flatMap((plan) => plan.remove),
  }
}

function isMirrored(service: Service, { metadata }: Endpoints): boolean {
  const isLock = Object.hasOwn(metadata.annotations ?? {}, LEADER_ANNOTATION)
  return !hasSelector(service) && !isLock && metadata.labels?.[SKIP_MIRROR_LABEL] !== 'true'
}

const labelsOf = ({ metadata }: Endpoints): Readonly<Record<string, string>> => ({
  ...metadata.labels,
  [SERVICE_NAME_LABEL]: metadata.name,
  [SLICE_MANAGED_BY_LABEL]: SLICE_MIRROR_MANAGER,
})

function groupOf({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, family: AddressFamily): SliceGroup[] {
  const ofFamily = ({ ip }: Address) => ip.includes(':') === (family === 'IPv6')
  const endpoints = [
    ...addresses.filter(ofFamily).map((address) => endpointOf(address, true)),
    ...notReadyAddresses.filter(ofFamily).map((address) => endpointOf(address, false)),
  ]
  if (endpoints.length === 0) return []
  const named = ports.map(({ name = '', port, protocol = 'TCP', ...rest }) => ({ name, port, protocol, ...rest }))
  return [{ ports: named, endpoints }]
}

function endpointOf({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  }
}
