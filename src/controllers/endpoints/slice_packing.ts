import type { Draft, EndpointSlice, KubeObject } from '../../api/types.ts'
import { equalJson } from '../../base/equal.ts'
import { ENDPOINTS_PER_SLICE_MAX } from './limits.ts'
import { type PodPort, portsKey } from './service_ports.ts'

export type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]
export type AddressFamily = 'IPv4' | 'IPv6'

/** Endpoints that have the same ports. */
export interface SliceGroup {
  readonly ports: readonly PodPort[]
  readonly endpoints: readonly Endpoint[]
}

export interface SlicePlan {
  readonly create: readonly Draft<EndpointSlice>[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

export interface PackingInput {
  /** The service, or the Endpoints that are mirrored: the slices bear its name and go with it. */
  readonly owner: KubeObject
  readonly family: AddressFamily
  readonly labels: Readonly<Record<string, string>>
  readonly groups: readonly SliceGroup[]
  /** Whether one empty slice stays when there are no endpoints, so that the service is seen to have none. */
  readonly keepsEmpty: boolean
  /** The slices of this owner and family as they are. */
  readonly slices: readonly EndpointSlice[]
}

/** A slice while it is being filled; `slice` is absent for a new one. */
interface Bin {
  readonly slice: EndpointSlice | undefined
  ports: readonly PodPort[]
  endpoints: Endpoint[]
}

/**
 * Spreads endpoints over slices with few writes: an endpoint stays in the slice that has it, new
 * ones fill the fullest slice with room, and empty slices are used again before new ones are made.
 */
export function packSlices(input: PackingInput): SlicePlan {
  const bins: Bin[] = input.slices.map((slice) => ({ slice, ports: [], endpoints: [] }))
  for (const group of input.groups) placeGroup(bins, group)
  if (bins.length === 0 && input.keepsEmpty) bins.push({ slice: undefined, ports: [], endpoints: [] })
  const used = bins.filter((bin) => bin.endpoints.length > 0)
  const kept = used.length > 0 ? used : bins.slice(0, input.keepsEmpty ? 1 : 0)
  const spare = bins.filter((bin) => !kept.includes(bin)).flatMap((bin) => bin.slice ?? [])
  const filled = kept.map((bin) => ({ ...bin, slice: bin.slice ?? spare.shift() }))
  return {
    create: filled.filter((bin) => bin.slice === undefined).map((bin) => draftOf(bin, input)),
    update: filled.flatMap((bin) => changed(bin, input)),
    remove: spare,
  }
}

function placeGroup(bins: Bin[], { ports, endpoints }: SliceGroup): void {
  const key = portsKey(ports)
  const homes = bins.filter((bin) => bin.slice !== undefined && portsKey(bin.slice.ports ?? []) === key)
  for (const home of homes) home.ports = ports
  const unplaced = keepAtHome(homes, endpoints)
  for (const endpoint of unplaced) {
    const open = homes.filter((bin) => bin.endpoints.length < ENDPOINTS_PER_SLICE_MAX)
    const bin = fullest(open) ?? openBin(bins, homes, ports)
    bin.endpoints.push(endpoint)
  }
}

/** Leaves endpoints where they are, in their present order; answers the others. */
function keepAtHome(homes: readonly Bin[], endpoints: readonly Endpoint[]): Iterable<Endpoint> {
  const unplaced = new Map(endpoints.map((endpoint) => [identityOf(endpoint), endpoint]))
  for (const home of homes) {
    for (const old of home.slice?.endpoints ?? []) {
      const endpoint = unplaced.get(identityOf(old))
      if (endpoint === undefined) continue
      home.endpoints.push(endpoint)
      unplaced.delete(identityOf(old))
    }
  }
  return unplaced.values()
}

const identityOf = ({ targetRef, addresses }: Endpoint): string => targetRef?.uid ?? addresses.join()

const fullest = (bins: readonly Bin[]): Bin | undefined =>
  bins.reduce<Bin | undefined>(
    (best, bin) => (best === undefined || bin.endpoints.length > best.endpoints.length ? bin : best),
    undefined,
  )

function openBin(bins: Bin[], homes: Bin[], ports: readonly PodPort[]): Bin {
  const bin: Bin = { slice: undefined, ports, endpoints: [] }
  bins.push(bin)
  homes.push(bin)
  return bin
}

/** What a slice should hold; nothing stands as an empty list, which the wire shows as null. */
const contentOf = ({ ports, endpoints }: Bin) => ({ endpoints, ports: endpoints.length === 0 ? [] : ports })

function draftOf(bin: Bin, { owner, family, labels }: PackingInput): Draft<EndpointSlice> {
  const { apiVersion, kind } = owner
  const { name, namespace = '', uid } = owner.metadata
  const reference = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
  return {
    metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [reference] },
    addressType: family,
    ...contentOf(bin),
  }
}

/** The server may answer fields in another order than they were sent. */
function changed(bin: Bin, { labels }: PackingInput): readonly EndpointSlice[] {
  const { slice } = bin
  if (slice === undefined) return []
  const { endpoints, ports } = contentOf(bin)
  const same =
    equalJson(slice.endpoints ?? [], endpoints) &&
    portsKey(slice.ports ?? []) === portsKey(ports) &&
    equalJson(slice.metadata.labels ?? {}, labels)
  return same ? [] : [{ ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports }]
}
