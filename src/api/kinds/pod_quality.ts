import { addQuantities, compareQuantities, nanosOf } from '../quantity.ts'
import { items, type Loose, part } from './draft.ts'

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

/** A pod's own limits become its requests, unless its containers ask for less. */
export function podLevelRequests(spec: Loose): void {
  for (const [name, limit] of Object.entries<string>(spec.resources?.limits ?? {})) {
    if (!QUALITY_RESOURCES.some((one) => one === name) && !name.startsWith('hugepages-')) continue
    part(spec.resources, 'requests')[name] ??= sumOfRequests(spec, name) ?? limit
  }
}

function sumOfRequests(spec: Loose, name: string): string | undefined {
  const amounts = items(spec.containers).flatMap((container) => container.resources?.requests?.[name] ?? [])
  return amounts.length === 0 ? undefined : amounts.reduce(addQuantities)
}
