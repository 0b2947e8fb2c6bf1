import type * as k8s from '@kubernetes/client-node'
import type { KindRules } from '../kind_rules.ts'
import { clusterRef, type Stored } from './refs.ts'

type ComponentStatus = Stored<k8s.V1ComponentStatus>

const healthOf = (status: string): string => (status === 'True' ? 'Healthy' : 'Unhealthy')

/** A part of the control plane and how it is; nobody stores it. */
export const componentStatusRules: KindRules<ComponentStatus> = {
  resource: clusterRef('v1', 'componentstatuses', 'ComponentStatus'),
  generation: 'none',
  cells: ({ metadata, conditions }) => {
    const health = conditions?.find((one) => one.type === 'Healthy')
    if (health === undefined) return [metadata.name, 'Unknown', '', '']
    return [metadata.name, healthOf(health.status), health.message ?? '', health.error ?? '']
  },
}
