import type { KindRules } from '../kind_rules.ts'
import type { ColumnFacts } from '../schema/table.ts'
import type { KubeObject } from '../types.ts'
import { ageOf } from './durations.ts'
import { namespacedRef } from './refs.ts'

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

export const SCALE_COLUMNS: readonly ColumnFacts[] = [
  ['Name', 'string', '', 0],
  ['Desired', 'integer', '', 0],
  ['Available', 'integer', '', 0],
  ['Age', 'string', '', 0],
]

/** What the subresource `scale` shows of a workload: nobody stores it. */
export const scaleRules: KindRules<Scale> = {
  resource: namespacedRef('autoscaling/v1', 'scales', 'Scale'),
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ],
}
