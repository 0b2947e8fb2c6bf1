import type * as k8s from '@kubernetes/client-node'
import type { Millis } from '../../base/clock.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { autoscalerErrors } from './autoscaler_validation.ts'
import { items, keepSpec, keepStatus, type Loose, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { countsOf } from './status_counts.ts'

const SHOWN_METRICS_MAX = 2
const CPU_PERCENT_DEFAULT = 80
const UNKNOWN = '<unknown>'

export type Autoscaler = StoredWithSpec<k8s.V2HorizontalPodAutoscaler>
export type MetricSpec = Wire<k8s.V2MetricSpec>
type MetricStatus = Wire<k8s.V2MetricStatus>

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  spec.minReplicas ??= 1
  // The old version says its one metric in a field of its own.
  if (draft.apiVersion === 'autoscaling/v1') {
    spec.targetCPUUtilizationPercentage ??= CPU_PERCENT_DEFAULT
    return
  }
  if (items(spec.metrics).length === 0) spec.metrics = [cpuMetric()]
  if (spec.behavior) behaviorDefaults(spec.behavior)
}

const cpuMetric = (): object => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_PERCENT_DEFAULT } },
})

function behaviorDefaults(behavior: Loose): void {
  const up = part(behavior, 'scaleUp')
  up.stabilizationWindowSeconds ??= 0
  up.selectPolicy ??= 'Max'
  up.policies ??= [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ]
  const down = part(behavior, 'scaleDown')
  down.selectPolicy ??= 'Max'
  down.policies ??= [{ type: 'Percent', value: 100, periodSeconds: 15 }]
}

/** `cpu: 40%/80%, memory: <unknown>/1Gi`, and how many more there are. */
function targetsCell({ spec, status }: Autoscaler): string {
  const metrics = metricsOf({ spec })
  if (metrics.length === 0) return '<none>'
  const texts = metrics.map((metric, index) => metricText(metric, status?.currentMetrics?.[index]))
  const shown = texts.slice(0, SHOWN_METRICS_MAX).join(', ')
  return texts.length > SHOWN_METRICS_MAX ? `${shown} + ${texts.length - SHOWN_METRICS_MAX} more...` : shown
}

const metricsOf = ({ spec }: Pick<Autoscaler, 'spec'>): readonly MetricSpec[] =>
  spec.metrics ?? firstVersionMetrics(spec)

/** The one metric that the first version of the API can name. */
function firstVersionMetrics(spec: object): MetricSpec[] {
  const { targetCPUUtilizationPercentage: percent } = spec as { readonly targetCPUUtilizationPercentage?: number }
  if (percent === undefined) return []
  return [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }]
}

function metricText(metric: MetricSpec, current: MetricStatus | undefined): string {
  switch (metric.type) {
    case 'Resource':
      return `${metric.resource?.name}: ${resourceText(metric.resource?.target, current?.resource?.current)}`
    case 'ContainerResource':
      return `${metric.containerResource?.name}: ${resourceText(metric.containerResource?.target, current?.containerResource?.current)}`
    case 'Pods':
      return `${current?.pods?.current.averageValue ?? UNKNOWN}/${metric.pods?.target.averageValue ?? UNKNOWN}`
    case 'Object':
      return valueText(metric.object?.target, current?.object?.current)
    case 'External':
      return valueText(metric.external?.target, current?.external?.current)
    default:
      return '<unknown type>'
  }
}

type Target = Wire<k8s.V2MetricTarget> | undefined
type Current = Wire<k8s.V2MetricValueStatus> | undefined

function resourceText(target: Target, current: Current): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}`
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`
  return `${now}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`
}

function valueText(target: Target, current: Current): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`
  return `${current?.value ?? UNKNOWN}/${target?.value ?? UNKNOWN}`
}

function cells(autoscaler: Autoscaler, now: Millis): Cell[] {
  const { metadata, spec, status } = autoscaler
  return [
    metadata.name,
    `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    targetsCell(autoscaler),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec.maxReplicas,
    status?.currentReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ]
}

/** Autoscalers. */
export const autoscalerRules: KindRules<Autoscaler> = {
  resource: namespacedRef('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  generation: 'none',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] =
      draft.apiVersion === 'autoscaling/v1'
        ? { currentReplicas: 0, desiredReplicas: 0 }
        : { desiredReplicas: 0, currentMetrics: null }
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  validateStatusUpdate: countsOf(['currentReplicas', 'desiredReplicas']),
  // The old version's one metric is looked at as what it stands for.
  validateCreate: (autoscaler) => autoscalerErrors(autoscaler, metricsOf(autoscaler)),
  validateUpdate: (autoscaler, old) => autoscalerErrors(autoscaler, metricsOf(autoscaler), old),
  cells,
}
