import type { ResourceRef } from './resource.ts'
import type { KubeObject } from './types.ts'

/** The group of `kubectl top`; nobody stores its objects. */
export const METRICS_GROUP = 'metrics.k8s.io'

/** What is used: `{cpu: '1500n', memory: '24Ki'}`. */
export type Usage = Readonly<Record<'cpu' | 'memory', string>>

/** What a node used, over `window` before `timestamp`. */
export interface NodeMetrics extends KubeObject {
  readonly timestamp: string
  readonly window: string
  readonly usage: Usage
}

/** What a pod's running containers used. */
export interface PodMetrics extends KubeObject {
  readonly timestamp: string
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[]
}

export const NODE_METRICS: ResourceRef<NodeMetrics> = {
  group: METRICS_GROUP,
  version: 'v1beta1',
  resource: 'nodes',
  kind: 'NodeMetrics',
  namespaced: false,
}

export const POD_METRICS: ResourceRef<PodMetrics> = {
  ...NODE_METRICS,
  resource: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
} as ResourceRef as ResourceRef<PodMetrics>
