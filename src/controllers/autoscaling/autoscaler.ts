import type * as k8s from '@kubernetes/client-node'
import type { ResourceRef } from '../../api/resource.ts'
import type { KubeObject, Wire } from '../../api/types.ts'

export type AutoscalerSpec = Wire<k8s.V2HorizontalPodAutoscalerSpec>
export type AutoscalerStatus = Wire<k8s.V2HorizontalPodAutoscalerStatus>
export type MetricSpec = Wire<k8s.V2MetricSpec>
export type MetricTarget = Wire<k8s.V2MetricTarget>
/** The schema says that a metric that could not be read has the type ''. */
export type MetricStatus = Wire<k8s.V2MetricStatus>
export type Condition = Wire<k8s.V2HorizontalPodAutoscalerCondition>
export type ScalingRules = Wire<k8s.V2HPAScalingRules>

export interface Autoscaler extends KubeObject {
  readonly spec: AutoscalerSpec
  readonly status?: AutoscalerStatus
}

export const AUTOSCALERS: ResourceRef<Autoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
}

/** Something that is told about the autoscaler. */
export interface Told {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export const warning = (reason: string, message: string): Told => ({ type: 'Warning', reason, message })
