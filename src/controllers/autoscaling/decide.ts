import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import {
  type Autoscaler,
  type AutoscalerStatus,
  type Condition,
  type MetricStatus,
  type Told,
  warning,
} from './autoscaler.ts'
import { ableToScale, active, inactive, limited, notAbleToScale, withCondition } from './conditions.ts'
import { type Memory, NOTHING_KNOWN } from './memory.ts'
import { normalized } from './normalize.ts'
import { proposalFor } from './proposals.ts'
import type { UsageAnswer } from './samples.ts'

/** The target as its scale shows it, or why it has none. */
export type TargetScale =
  | { readonly replicas: number; readonly current: number; readonly selector: string }
  | { readonly error: string }

/** Everything that a decision about one autoscaler may know. */
export interface ScaleView {
  readonly autoscaler: Autoscaler
  readonly target: TargetScale
  /** The pods that the target's selector chooses. */
  readonly pods: readonly Pod[]
  /** The autoscalers, this one among them, whose targets choose one of these pods. */
  readonly claimants: readonly string[]
  readonly usage: UsageAnswer
  /** Undefined: the autoscaler is seen for the first time. */
  readonly memory: Memory | undefined
  readonly now: Millis
}

export interface Rescale {
  readonly from: number
  readonly to: number
  readonly reason: string
}

export interface ScaleDecision {
  readonly status: AutoscalerStatus
  readonly told: readonly Told[]
  readonly rescale: Rescale | undefined
  readonly memory: Memory
}

/** How many replicas the target should have, and what the autoscaler says about it. Pure. */
export function decideScale(view: ScaleView): ScaleDecision {
  const { autoscaler, target, now, memory = NOTHING_KNOWN } = view
  const old = autoscaler.status?.conditions ?? []
  if ('error' in target) {
    const lead = "the HPA controller was unable to get the target's current scale"
    const conditions = withCondition(old, notAbleToScale('FailedGetScale', `${lead}: ${target.error}`), now)
    const status = { ...emptyStatus(autoscaler), conditions }
    return { status, told: [warning('FailedGetScale', target.error)], rescale: undefined, memory }
  }
  const found = ableToScale('SucceededGetScale', "the HPA controller was able to get the target's current scale")
  const begun: Memory = view.memory ?? { ...memory, recommendations: [{ replicas: target.replicas, at: now }] }
  return decideFor({ ...view, target, memory: begun }, withCondition(old, found, now))
}

/** A view whose target has a scale. */
export interface ScalableView extends ScaleView {
  readonly target: Extract<TargetScale, { readonly replicas: number }>
  readonly memory: Memory
}

function decideFor(view: ScalableView, conditions: readonly Condition[]): ScaleDecision {
  const { autoscaler, target, memory, now } = view
  const { maxReplicas, minReplicas = 1 } = autoscaler.spec
  const from = target.replicas
  const keep = { told: [], rescale: undefined, memory }
  if (from === 0 && minReplicas !== 0) {
    const why = 'scaling is disabled since the replica count of the target is zero'
    const off = withCondition(conditions, inactive('ScalingDisabled', why), now)
    return { ...keep, status: statusOf(view, { conditions: off, desired: 0, metrics: [] }) }
  }
  const bound = from > maxReplicas ? maxReplicas : from < minReplicas ? minReplicas : undefined
  if (bound === undefined) return decideByMetrics(view, conditions)
  const side = from > maxReplicas ? 'above Spec.MaxReplicas' : 'below Spec.MinReplicas'
  const rescale = { from, to: bound, reason: `Current number of replicas ${side}` }
  return { ...keep, rescale, status: statusOf(view, { conditions, desired: bound, metrics: [] }) }
}

function decideByMetrics(view: ScalableView, conditions: readonly Condition[]): ScaleDecision {
  const { target, memory, now } = view
  const from = target.replicas
  const wish = wishOf(view)
  if ('refused' in wish) {
    const { reason, message, told, error } = wish.refused
    const desired = view.autoscaler.status?.desiredReplicas ?? 0
    return {
      status: statusOf(view, {
        conditions: withCondition(conditions, inactive(reason, message), now),
        desired,
        metrics: wish.metrics,
      }),
      told: [...told, warning('FailedComputeMetricsReplicas', error)],
      rescale: undefined,
      memory,
    }
  }
  const valid = `the HPA was able to successfully calculate a replica count from ${wish.name}`
  const next = normalized(wish.replicas, view)
  const all = [
    active('ValidMetricFound', valid),
    ableToScale(next.stabilized.reason, next.stabilized.message),
    limited(next.bounded.replicas !== next.stabilized.replicas, next.bounded.reason, next.bounded.message),
  ]
  const told = all.reduce((so, one) => withCondition(so, one, now), conditions)
  const to = next.bounded.replicas
  const reason =
    wish.replicas > from ? `${wish.name} above target` : wish.replicas < from ? 'All metrics below target' : ''
  return {
    status: statusOf(view, { conditions: told, desired: to, metrics: wish.metrics }),
    told: wish.told,
    rescale: to === from ? undefined : { from, to, reason },
    memory: { ...memory, recommendations: next.recommendations },
  }
}

interface Refusal {
  readonly reason: string
  readonly message: string
  readonly error: string
  readonly told: readonly Told[]
}

type Wish =
  | {
      readonly replicas: number
      readonly name: string
      readonly metrics: readonly MetricStatus[]
      readonly told: readonly Told[]
    }
  | { readonly refused: Refusal; readonly metrics: readonly MetricStatus[] }

/**
 * What the metrics ask for together: the most that any of them does. While one of them cannot be
 * read, the others may only ask for more.
 */
function wishOf(view: ScalableView): Wish {
  const { autoscaler, target, claimants } = view
  const { metrics = [] } = autoscaler.spec
  if (target.selector === '') return { refused: noSelector(), metrics: [] }
  if (claimants.length > 1) return { refused: ambiguous(target.selector, claimants), metrics: [] }
  const namespace = autoscaler.metadata.namespace ?? ''
  const proposals = metrics.map((metric) =>
    proposalFor(metric, { ...view, spec: autoscaler.spec, namespace, replicas: target.replicas }),
  )
  const failed = proposals.flatMap((one) => ('failed' in one ? [one.failed] : []))
  const good = proposals.flatMap((one) => ('failed' in one ? [] : [one]))
  const most = good.reduce((best, one) => (best === undefined || one.replicas > best.replicas ? one : best), good[0])
  const statuses = proposals.map((one): MetricStatus => ('failed' in one ? { type: '' } : one.status))
  const told = failed.map(({ reason, message }) => warning(reason, message))
  const [first] = failed
  if (most !== undefined && (first === undefined || most.replicas >= target.replicas)) {
    return { replicas: most.replicas, name: most.name, metrics: statuses, told }
  }
  const { reason = '', message = '', error = '' } = first ?? {}
  const count = `${failed.length} invalid out of ${metrics.length}`
  const refused = {
    reason,
    message: `the HPA was unable to compute the replica count: ${message}`,
    error: `invalid metrics (${count}), first error is: ${error}`,
    told,
  }
  return { refused, metrics: statuses }
}

function noSelector(): Refusal {
  const error = 'selector is required'
  const message = "the HPA target's scale is missing a selector"
  return { reason: 'InvalidSelector', message, error, told: [warning('SelectorRequired', error)] }
}

function ambiguous(selector: string, claimants: readonly string[]): Refusal {
  const error = `pods by selector ${selector} are controlled by multiple HPAs: [${claimants.join(' ')}]`
  return { reason: 'AmbiguousSelector', message: error, error, told: [warning('AmbiguousSelector', error)] }
}

interface StatusParts {
  readonly conditions: readonly Condition[]
  readonly desired: number
  readonly metrics: readonly MetricStatus[]
}

function statusOf(
  { autoscaler, target }: ScalableView,
  { conditions, desired, metrics }: StatusParts,
): AutoscalerStatus {
  const { lastScaleTime } = autoscaler.status ?? {}
  return {
    currentReplicas: target.replicas,
    desiredReplicas: desired,
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentMetrics: metrics,
    conditions,
  } as AutoscalerStatus
}

const emptyStatus = ({ status }: Autoscaler): AutoscalerStatus =>
  ({ desiredReplicas: 0, ...status }) as AutoscalerStatus
