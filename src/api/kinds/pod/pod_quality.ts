import { compareQuantities, nanosOf } from '../../quantity.ts'
import { sumOfContainers } from '../../quota/pod_usage.ts'
import type { PodSpec } from '../../types.ts'
import { items, type Loose, part } from '../draft.ts'

const QUALITY_RESOURCES = ['cpu', 'memory'] as const

type Amounts = Readonly<Record<string, string>>

/** The class by which the node chooses whom to evict: Guaranteed, Burstable or BestEffort. */
export function qualityOfService(spec: Loose): string {
  const resources: Loose[] = spec.resources
    ? [spec.resources]
    : [...items(spec.containers), ...items(spec.initContainers)].map((container) => container.resources ?? {})
  const isSet = (amounts: Amounts | undefined) => QUALITY_RESOURCES.some((name) => nanosOf(amounts?.[name]) > 0n)
  if (!resources.some((one) => isSet(one.requests) || isSet(one.limits))) return 'BestEffort'
  return resources.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

/** Limits for both resources, and requests that equal them. */
const isGuaranteed = (resources: Loose): boolean =>
  QUALITY_RESOURCES.every((name) => {
    const limit = resources.limits?.[name]
    return nanosOf(limit) > 0n && compareQuantities(resources.requests?.[name] ?? limit, limit) === 0
  })

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isPodLevel = (name: string): boolean => QUALITY_RESOURCES.some((one) => one === name) || isHugePages(name)

/**
 * A pod that says limits for itself as a whole requests what its containers request together, and for the
 * rest what it limits. Huge pages cannot be promised twice: they are limited as the containers limit them.
 */
export function podLevelRequests(spec: Loose): void {
  const { resources } = spec
  if (!resources) return
  const said = [resources.limits, resources.requests].some((amounts) => Object.keys(amounts ?? {}).length > 0)
  if (said) hugePageLimits(spec)
  const limits = Object.entries<string>(resources.limits ?? {})
  if (limits.length === 0) return
  const ofContainers = Object.entries(sumOfContainers(spec as unknown as PodSpec, 'requests'))
  const found = [...ofContainers.filter(([name]) => isPodLevel(name) && !isHugePages(name)), ...limits]
  for (const [name, amount] of found) if (isPodLevel(name)) part(resources, 'requests')[name] ??= amount
}

function hugePageLimits(spec: Loose): void {
  const { resources } = spec
  for (const [name, limit] of Object.entries(sumOfContainers(spec as unknown as PodSpec, 'limits'))) {
    if (isHugePages(name) && resources.requests?.[name] === undefined) part(resources, 'limits')[name] ??= limit
  }
}
