import type { Cell, KindRules } from '../kind_rules.ts'
import type { KubeObject } from '../types.ts'
import { ageOf } from './durations.ts'
import { clusterRef } from './refs.ts'

interface ApiService extends KubeObject {
  readonly spec?: { readonly service?: { readonly namespace: string; readonly name: string } }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

/** Whether the group can be reached, and if not, why. */
function availableCell(status: ApiService['status']): string {
  const available = status?.conditions?.find(({ type }) => type === 'Available')
  if (available === undefined) return 'Unknown'
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
}

/** Groups and versions of the API, and who serves them. */
export const apiServiceRules: KindRules<ApiService> = {
  resource: clusterRef('apiregistration.k8s.io/v1', 'apiservices', 'APIService'),
  cells: ({ metadata, spec, status }, now): Cell[] => [
    metadata.name,
    spec?.service === undefined ? 'Local' : `${spec.service.namespace}/${spec.service.name}`,
    availableCell(status),
    ageOf(metadata.creationTimestamp, now),
  ],
}
