import type { Pod } from '../api/types.ts'
import { allContainersOf } from './pod_worker/containers.ts'
import { ConfigError } from './pod_worker/ports.ts'
import { numberOfQuantity } from './quantity_number.ts'

interface Addresses {
  readonly podIps: readonly string[]
  readonly hostIps: readonly string[]
}

/**
 * What the downward API knows of a pod under a field path.
 * @throws ConfigError for a path that it does not know
 */
export function podField(pod: Pod, path: string, addresses: Addresses): string {
  const { metadata, spec } = pod
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (keyed !== null) return (keyed[1] === 'labels' ? metadata.labels : metadata.annotations)?.[keyed[2] ?? ''] ?? ''
  const known: Readonly<Record<string, () => string>> = {
    'metadata.name': () => metadata.name,
    'metadata.namespace': () => metadata.namespace ?? '',
    'metadata.uid': () => metadata.uid,
    'metadata.labels': () => formatMap(metadata.labels),
    'metadata.annotations': () => formatMap(metadata.annotations),
    'spec.nodeName': () => spec.nodeName ?? '',
    'spec.serviceAccountName': () => spec.serviceAccountName ?? '',
    'status.hostIP': () => addresses.hostIps[0] ?? '',
    'status.hostIPs': () => addresses.hostIps.join(','),
    'status.podIP': () => addresses.podIps[0] ?? '',
    'status.podIPs': () => addresses.podIps.join(','),
  }
  const value = Object.hasOwn(known, path) ? known[path] : undefined
  if (value === undefined) throw new ConfigError(`unsupported fieldPath: ${path}`)
  return value()
}

/** Sorted `key="value"` lines, quoted as Go does. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}

interface ResourceReference {
  readonly containerName?: string
  readonly resource: string
  readonly divisor?: string
}

/** A container's request or limit in units of the divisor, rounded up; an absent limit is what the node has. */
export function resourceField(
  pod: Pod,
  reference: ResourceReference,
  allocatable: Readonly<Record<string, string>>,
): string {
  const container = allContainersOf(pod.spec).find((one) => one.name === reference.containerName)
  const [sort, ...rest] = reference.resource.split('.')
  const name = rest.join('.')
  if (container === undefined || (sort !== 'limits' && sort !== 'requests')) {
    throw new ConfigError(`unsupported container resource: ${reference.resource}`)
  }
  const { limits, requests } = container.resources ?? {}
  const quantity = sort === 'limits' ? (limits?.[name] ?? allocatable[name]) : (requests?.[name] ?? limits?.[name])
  const divisor = numberOfQuantity(reference.divisor ?? '1') || 1
  return String(Math.ceil(numberOfQuantity(quantity ?? '0') / divisor))
}
