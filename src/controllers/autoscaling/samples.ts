import { milliUnits } from '../../api/quantity.ts'
import type { Pod } from '../../api/types.ts'
import type { PodMetrics } from '../../api/usage_metrics.ts'
import { fromRfc3339 } from '../../base/time.ts'
import type { PodSample, Samples } from './pod_groups.ts'

/** What the metrics API said of the pods of one target, or why it said nothing. */
export type UsageAnswer = { readonly items: readonly PodMetrics[] } | { readonly error: string }

/** A metric that cannot be computed; the message is shown in the condition and in events. */
export class MetricError extends Error {
  override readonly name = 'MetricError'
}

/** The pods' use of a resource, all containers together or one of them. @throws MetricError */
export function samplesOf(usage: UsageAnswer, resource: string, container: string | undefined): Samples {
  if ('error' in usage) throw new MetricError(`unable to fetch metrics from resource metrics API: ${usage.error}`)
  if (usage.items.length === 0) throw new MetricError('no metrics returned from resource metrics API')
  const samples = new Map<string, PodSample>()
  for (const item of usage.items) {
    const value = container === undefined ? wholeUse(item, resource) : containerUse(item, resource, container)
    if (value === undefined) continue
    const at = fromRfc3339(item.timestamp) ?? 0
    samples.set(item.metadata.name, { value, at, windowMs: durationMs(item.window) })
  }
  return samples
}

type Quantities = Readonly<Record<string, string>>

const milli = (usage: Quantities, resource: string): number | undefined => {
  const text = usage[resource]
  return text === undefined ? undefined : Number(milliUnits(text))
}

/** Undefined when one container does not say. */
function wholeUse({ containers }: PodMetrics, resource: string): number | undefined {
  const values = containers.map(({ usage }) => milli(usage, resource)).filter((one) => one !== undefined)
  return values.length < containers.length || values.length === 0
    ? undefined
    : values.reduce((sum, one) => sum + one, 0)
}

function containerUse({ containers, metadata }: PodMetrics, resource: string, name: string): number | undefined {
  const found = containers.find((one) => one.name === name)
  if (found !== undefined) return milli(found.usage, resource)
  throw new MetricError(`container ${name} not present in metrics for pod ${metadata.namespace}/${metadata.name}`)
}

/** Go's `1m0.5s`, as the metrics API writes windows. */
function durationMs(text: string): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(text) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}

/** What each pod asks for, in thousandths; every container has to say. @throws MetricError */
export function requestsOf(
  pods: readonly Pod[],
  resource: string,
  container: string | undefined,
): ReadonlyMap<string, number> {
  return new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, container)]))
}

function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  const ofPod = spec.resources?.requests?.[resource]
  if (container === undefined && ofPod !== undefined) return Number(milliUnits(ofPod))
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const counted = [...spec.containers, ...sidecars].filter(({ name }) => container === undefined || name === container)
  return counted.reduce((sum, { name, resources }) => {
    const request = resources?.requests?.[resource]
    if (request !== undefined) return sum + Number(milliUnits(request))
    throw new MetricError(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`)
  }, 0)
}
