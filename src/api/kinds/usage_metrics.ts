import type { Cell, KindRules } from '../kind_rules.ts'
import { addQuantities } from '../quantity.ts'
import { NODE_METRICS, type NodeMetrics, POD_METRICS, type PodMetrics } from '../usage_metrics.ts'

/** What pods use; nobody writes such objects, so there is nothing but a row. */
export const podMetricsRules: KindRules<PodMetrics> = {
  resource: POD_METRICS,
  cells: ({ metadata, containers, window }): Cell[] => {
    const sum = (name: 'cpu' | 'memory') => containers.map(({ usage }) => usage[name]).reduce(addQuantities, '0')
    return [metadata.name, sum('cpu'), sum('memory'), window]
  },
}

/** What nodes use. */
export const nodeMetricsRules: KindRules<NodeMetrics> = {
  resource: NODE_METRICS,
  cells: ({ metadata, usage, window }): Cell[] => [metadata.name, usage.cpu, usage.memory, window],
}
