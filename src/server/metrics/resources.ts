import type { ResourceFacts } from '../../api/schema/table.ts'
import { METRICS_GROUP, NODE_METRICS, POD_METRICS } from '../../api/usage_metrics.ts'
import type { Core } from '../core.ts'
import type { ResourcePath, Target } from '../http/router.ts'

const common = {
  singular: '',
  shortNames: [],
  categories: [],
  verbs: ['get', 'list'],
  subresources: [],
  storageVersionHash: undefined,
  typeName: '',
  columns: [
    ['Name', 'string', 'name', 0],
    ['cpu', 'string', 'quantity', 0],
    ['memory', 'string', 'quantity', 0],
    ['Window', 'string', 'duration', 0],
  ],
} as const

const RESOURCES: readonly ResourceFacts[] = [
  { ref: NODE_METRICS, ...common },
  { ref: POD_METRICS, ...common },
]

/** The resources of `kubectl top`: none where there are no nodes that could be measured. */
export const metricsResources = ({ deps }: Pick<Core, 'deps'>): readonly ResourceFacts[] =>
  deps.nodeStats === undefined ? [] : RESOURCES

export const isMetricsGroup = (core: Pick<Core, 'deps'>, group: string): boolean =>
  group === METRICS_GROUP && core.deps.nodeStats !== undefined

/** What a path below the group means; undefined for every other group, or when there is no such resource. */
export function metricsTarget(core: Core, { group, version, resource, namespace, name, subresource }: MetricsPath) {
  const facts = metricsResources(core).find(
    ({ ref }) => ref.group === group && ref.version === version && ref.resource === resource,
  )
  if (facts === undefined || subresource !== undefined) return undefined
  const fits = facts.ref.namespaced ? namespace !== undefined || name === undefined : namespace === undefined
  const target: Target = { facts, subresource: undefined }
  return fits ? target : undefined
}

type MetricsPath = Pick<ResourcePath, 'group' | 'version' | 'resource' | 'namespace' | 'name' | 'subresource'>
