import type { MutableObject } from '../kind_rules.ts'
import type { KubeObject } from '../types.ts'
import { items, type Loose } from './draft.ts'

const OLD_VERSION = 'autoscaling/v1'
const NEW_VERSION = 'autoscaling/v2'

const isCpuMetric = (metric: Loose): boolean => metric.type === 'Resource' && metric.resource?.name === 'cpu'

/** An autoscaler of the old version in the fields of the new one, as which it is kept. */
export function autoscalerToNewVersion(draft: MutableObject): MutableObject {
  if (draft.apiVersion !== OLD_VERSION) return draft
  const { targetCPUUtilizationPercentage: percent, ...spec } = draft['spec'] ?? {}
  const { currentCPUUtilizationPercentage: _current, ...status } = draft['status'] ?? {}
  const target = { type: 'Utilization', averageUtilization: percent }
  const metrics = percent === undefined ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }
  return {
    ...draft,
    apiVersion: NEW_VERSION,
    spec: { ...spec, ...metrics },
    status: { currentMetrics: null, ...status },
  }
}

/** An autoscaler as the old version shows it: of its metrics only the share of the processors. */
export function autoscalerToOldVersion(object: KubeObject): KubeObject {
  const { spec, status, ...rest } = object as unknown as MutableObject
  const { metrics, behavior: _behavior, ...kept } = spec ?? {}
  const { currentMetrics, conditions: _conditions, ...counts } = status ?? {}
  const percent = items(metrics).find(isCpuMetric)?.resource.target?.averageUtilization
  const current = items(currentMetrics).find(isCpuMetric)?.resource.current?.averageUtilization
  return {
    ...rest,
    apiVersion: OLD_VERSION,
    spec: percent === undefined ? kept : { ...kept, targetCPUUtilizationPercentage: percent },
    status: {
      currentReplicas: 0,
      ...counts,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  } as unknown as KubeObject
}
