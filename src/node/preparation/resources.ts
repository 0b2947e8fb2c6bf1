import type { Container, Pod } from '../../api/types.ts'
import { allContainersOf } from '../pod_worker/containers.ts'
import { numberOfQuantity } from '../quantity_number.ts'
import type { ContainerConfig } from '../runtime.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const CPU_PERIOD = 100_000
const CPU_SHARES_LEAST = 2

/** Guaranteed, Burstable or BestEffort, by what the containers ask for. The API computes it too; this one serves before it has. */
export function qosClassOf(pod: Pod): QosClass {
  const known = pod.status?.qosClass
  if (known === 'Guaranteed' || known === 'Burstable' || known === 'BestEffort') return known
  const all = allContainersOf(pod.spec).map((one) => one.resources ?? {})
  if (all.every(({ limits, requests }) => isEmpty(limits) && isEmpty(requests))) return 'BestEffort'
  const isGuaranteed = all.every(({ limits, requests }) =>
    ['cpu', 'memory'].every(
      (name) => limits?.[name] !== undefined && (requests?.[name] ?? limits[name]) === limits[name],
    ),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

const isEmpty = (map: object | undefined): boolean => map === undefined || Object.keys(map).length === 0

/** What the kernel is told about one container. */
export function containerResources(
  pod: Pod,
  container: Container,
  memoryCapacity: number,
): ContainerConfig['resources'] {
  const { limits, requests } = container.resources ?? {}
  const cpu = requests?.['cpu'] ?? limits?.['cpu']
  return {
    cpuShares: sharesOf(cpu === undefined ? 0 : numberOfQuantity(cpu)),
    ...(limits?.['cpu'] === undefined
      ? {}
      : { cpuPeriod: CPU_PERIOD, cpuQuota: Math.round(numberOfQuantity(limits['cpu']) * CPU_PERIOD) }),
    ...(limits?.['memory'] === undefined ? {} : { memoryLimitBytes: Math.round(numberOfQuantity(limits['memory'])) }),
    oomScoreAdj: oomScore(
      qosClassOf(pod),
      numberOfQuantity(requests?.['memory'] ?? limits?.['memory'] ?? '0'),
      memoryCapacity,
    ),
  }
}

const sharesOf = (cpus: number): number => Math.max(CPU_SHARES_LEAST, Math.floor(cpus * 1024))

/** The pod's own cgroup: the sum of its containers; a limit only when all have one. */
export function podResources(pod: Pod): {
  readonly cpuShares: number
  readonly cpuQuota?: number
  readonly memoryLimitBytes?: number
} {
  const all = pod.spec.containers.map((one) => one.resources ?? {})
  const sum = (values: readonly (string | undefined)[]) =>
    values.reduce((total, one) => total + numberOfQuantity(one ?? '0'), 0)
  const cpuLimits = all.map(({ limits }) => limits?.['cpu'])
  const memoryLimits = all.map(({ limits }) => limits?.['memory'])
  const isLimited = (list: readonly (string | undefined)[]) =>
    list.every((one) => one !== undefined) && (pod.spec.initContainers ?? []).length === 0
  return {
    cpuShares: sharesOf(sum(all.map(({ limits, requests }) => requests?.['cpu'] ?? limits?.['cpu']))),
    ...(isLimited(cpuLimits) ? { cpuQuota: Math.round(sum(cpuLimits) * CPU_PERIOD) } : {}),
    ...(isLimited(memoryLimits) ? { memoryLimitBytes: Math.round(sum(memoryLimits)) } : {}),
  }
}

/** Who is killed first when the node's memory runs out: the more of the node a pod has asked for, the later. */
function oomScore(qos: QosClass, requestBytes: number, capacityBytes: number): number {
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort' || capacityBytes <= 0) return 1000
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * requestBytes) / capacityBytes)))
}
