import type { MutableObject } from '../api/kind_rules.ts'
import type { KubeObject } from '../api/types.ts'

/** What v1 has no field for travels in annotations, so that a writer of v1 does not lose it. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'

interface Metric {
  readonly type: string
  readonly resource?: {
    readonly name: string
    readonly target: { readonly type: string; readonly averageUtilization?: number }
  }
}

interface Autoscaler extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly metrics?: readonly Metric[] | null
    readonly behavior?: object
  }
}

const cpuMetric = (averageUtilization: number): Metric => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

const isCpuUtilization = ({ type, resource }: Metric): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.type === 'Utilization'

/** An autoscaler of autoscaling/v1 as autoscaling/v2 keeps it. */
export function autoscalerToV2(object: MutableObject): MutableObject {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = object['spec'] ?? {}
  const { [METRICS]: others, [BEHAVIOR]: behavior, ...annotations } = object.metadata['annotations'] ?? {}
  const metrics = [...parsedList(others), ...(percentage === undefined ? [] : [cpuMetric(percentage)])]
  const { annotations: _sent, ...metadata } = object.metadata
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      ...spec,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(parsed(behavior) === undefined ? {} : { behavior: parsed(behavior) }),
    },
  }
}

/** An annotation that somebody wrote by hand and got wrong counts for nothing. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function parsedList(text: string | undefined): Metric[] {
  const list = parsed(text)
  return Array.isArray(list) ? list : []
}

/** A kept autoscaler as autoscaling/v1 shows it. */
export function autoscalerToV1(object: KubeObject): KubeObject {
  const { metrics, behavior, ...spec } = (object as Autoscaler).spec
  const cpu = (metrics ?? []).find(isCpuUtilization)
  const others = (metrics ?? []).filter((metric) => metric !== cpu)
  const added = {
    ...(others.length > 0 ? { [METRICS]: JSON.stringify(others) } : {}),
    ...(behavior === undefined ? {} : { [BEHAVIOR]: JSON.stringify(behavior) }),
  }
  const annotations = { ...object.metadata.annotations, ...added }
  const percentage = cpu?.resource?.target.averageUtilization
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: { ...object.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...spec, ...(percentage === undefined ? {} : { targetCPUUtilizationPercentage: percentage }) },
  } as KubeObject
}
