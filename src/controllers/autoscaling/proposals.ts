import { formatQuantity, milliUnits, nanosOf } from '../../api/quantity.ts'
import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { messageOf } from '../../base/log.ts'
import type { AutoscalerSpec, MetricSpec, MetricStatus, MetricTarget } from './autoscaler.ts'
import { TOLERANCE } from './limits.ts'
import { replicasForAverage, replicasForUtilization, type UseProposal } from './replicas_for_use.ts'
import { MetricError, samplesOf, type UsageAnswer } from './samples.ts'

/** What the metrics of an autoscaler are computed from. */
export interface MetricsView {
  readonly spec: AutoscalerSpec
  readonly namespace: string
  readonly pods: readonly Pod[]
  readonly usage: UsageAnswer
  readonly replicas: number
  readonly now: Millis
}

/** What one metric asks for, or why it asks for nothing. */
export type Proposal =
  | { readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  | { readonly failed: { readonly reason: string; readonly message: string; readonly error: string } }

/** Looks at one metric. */
export function proposalFor(metric: MetricSpec, view: MetricsView): Proposal {
  switch (metric.type) {
    case 'Resource':
      return resourceProposal(metric, view)
    case 'ContainerResource':
      return containerProposal(metric, view)
    case 'Pods':
      return podsProposal(metric)
    case 'Object':
      return objectProposal(metric, view)
    case 'External':
      return externalProposal(metric, view)
    default:
      return failure('InvalidMetricSourceType', `unknown metric source type ${JSON.stringify(metric.type)}`)
  }
}

function resourceProposal({ resource }: MetricSpec, view: MetricsView): Proposal {
  const { name = '', target } = resource ?? {}
  const lead = `failed to get ${name} resource metric value`
  return attempt({ reason: 'FailedGetResourceMetric', lead }, () => {
    const found = measure(view, { name, target, container: undefined })
    return { ...found, status: { type: 'Resource', resource: { name, current: currentOf(found) } } }
  })
}

function containerProposal({ containerResource }: MetricSpec, view: MetricsView): Proposal {
  const { name = '', container = '', target } = containerResource ?? {}
  const lead = `failed to get ${container} container metric value`
  return attempt({ reason: 'FailedGetContainerResourceMetric', lead }, () => {
    const found = measure(view, { name, target, container })
    const status = { type: 'ContainerResource', containerResource: { name, container, current: currentOf(found) } }
    return { ...found, status }
  })
}

type Found = UseProposal & { readonly name: string }

interface Wanted {
  readonly name: string
  readonly target: MetricTarget | undefined
  readonly container: string | undefined
}

/** @throws MetricError */
function measure(view: MetricsView, { name, target, container }: Wanted): Found {
  const { averageValue, averageUtilization } = target ?? {}
  const what = averageValue === undefined ? 'utilization' : 'usage'
  try {
    const samples = told(`unable to get metrics for resource ${name}`, () => samplesOf(view.usage, name, container))
    const use = { ...view, resource: name, container, samples, tolerance: tolerancesOf(view.spec) }
    if (averageValue !== undefined) {
      const found = replicasForAverage(use, Number(milliUnits(averageValue)))
      return { ...found, name: `${name} resource` }
    }
    const found = replicasForUtilization(use, averageUtilization ?? 0)
    return { ...found, name: `${name} resource utilization (percentage of request)` }
  } catch (error) {
    throw withLead(`failed to get ${name} ${what}`, error)
  }
}

function tolerancesOf({ behavior }: AutoscalerSpec): { readonly up: number; readonly down: number } {
  const own = (rules: object | undefined): number => {
    const { tolerance } = (rules ?? {}) as { readonly tolerance?: string }
    return tolerance === undefined ? TOLERANCE : Number(nanosOf(tolerance)) / 1e9
  }
  return { up: own(behavior?.scaleUp), down: own(behavior?.scaleDown) }
}

const currentOf = ({ averageMilli, utilization }: UseProposal) => ({
  averageValue: formatQuantity({ nanos: BigInt(averageMilli) * 1_000_000n, format: 'decimal' }),
  ...(utilization === undefined ? {} : { averageUtilization: utilization }),
})

/** Nobody serves `custom.metrics.k8s.io`: such a metric is told as it is by a cluster without an adapter. */
const NO_CUSTOM_METRICS =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'

function podsProposal({ pods }: MetricSpec): Proposal {
  const why = `unable to get metric ${pods?.metric.name}: ${NO_CUSTOM_METRICS}`
  return failure('FailedGetPodsMetric', `failed to get pods metric value: ${why}`, why)
}

/** The words stand in this order in upstream's message too. */
function objectProposal({ object }: MetricSpec, { namespace }: MetricsView): Proposal {
  const { kind = '', name = '' } = object?.describedObject ?? {}
  const why = `unable to get metric ${object?.metric.name}: ${kind} on ${namespace} ${name}/${NO_CUSTOM_METRICS}`
  return failure('FailedGetObjectMetric', `failed to get object metric value: ${why}`, why)
}

function externalProposal({ external }: MetricSpec, { namespace }: MetricsView): Proposal {
  const name = external?.metric.name ?? ''
  const selector = external?.metric.selector === undefined ? 'nil' : JSON.stringify(external.metric.selector)
  const missing = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
  const why = `unable to get external metric ${namespace}/${name}/${selector}: unable to fetch metrics from external metrics API: ${missing}`
  return failure('FailedGetExternalMetric', `failed to get ${name} external metric value: ${why}`, why)
}

const failure = (reason: string, error: string, message = error): Proposal => ({ failed: { reason, message, error } })

function attempt(
  { reason, lead }: { readonly reason: string; readonly lead: string },
  work: () => { readonly replicas: number; readonly name: string; readonly status: MetricStatus },
): Proposal {
  try {
    const { replicas, name, status } = work()
    return { replicas, name, status }
  } catch (error) {
    if (!(error instanceof MetricError)) throw error
    return failure(reason, `${lead}: ${error.message}`, error.message)
  }
}

function told<T>(lead: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw withLead(lead, error)
  }
}

const withLead = (lead: string, error: unknown): unknown =>
  error instanceof MetricError ? new MetricError(`${lead}: ${messageOf(error)}`) : error
