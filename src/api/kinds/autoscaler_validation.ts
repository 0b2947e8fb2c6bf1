import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import { nanosOf } from '../quantity.ts'
import type { Wire } from '../types.ts'
import { pathSegment } from '../validation/names.ts'
import type { Autoscaler, MetricSpec } from './autoscaler.ts'

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const TARGET_TYPES = ['AverageValue', 'Utilization', 'Value']
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const
const SOURCE_OF: Readonly<Record<string, (typeof SOURCES)[number]>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}

type Target = Wire<k8s.V2MetricTarget>

/** What is wrong with an autoscaler. */
export function autoscalerErrors({ spec, apiVersion }: Autoscaler): FieldError[] {
  const { minReplicas, maxReplicas = 0 } = spec
  return [
    ...(minReplicas !== undefined && minReplicas < 1
      ? [invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')]
      : []),
    ...(maxReplicas < 1 ? [required('spec.maxReplicas', 'must be set and greater than 0')] : []),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...referenceErrors(spec.scaleTargetRef, apiVersion),
    ...(spec.metrics ?? []).flatMap((metric, index) => metricErrors(metric, `spec.metrics[${index}]`)),
  ]
}

/** A core object cannot be scaled through its group; upstream asks for one. */
function referenceErrors(target: Autoscaler['spec']['scaleTargetRef'], apiVersion: string): FieldError[] {
  const at = 'spec.scaleTargetRef'
  const version = target.apiVersion ?? ''
  const segment = (value: string, field: string) =>
    value === '' ? [required(field)] : pathSegment(value).map((fault) => invalid(field, value, fault))
  return [
    ...segment(target.kind ?? '', `${at}.kind`),
    ...segment(target.name ?? '', `${at}.name`),
    ...(version === '' && apiVersion !== 'autoscaling/v1'
      ? [invalid(`${at}.apiVersion`, version, 'apiVersion must specify API group')]
      : []),
  ]
}

/** An unknown type is reported twice: nothing fits it, and it is not known. */
function metricErrors(metric: MetricSpec, at: string): FieldError[] {
  const { type } = metric
  if (!type) return [required(`${at}.type`, 'must specify a metric source type')]
  const source = SOURCE_OF[type]
  const unknown = notSupported(`${at}.type`, type, METRIC_TYPES)
  if (source === undefined) return [unknown, unknown]
  const missing = metric[source] === undefined
  return [
    ...sourceErrors(metric, at),
    ...(missing ? [required(`${at}.${source}`, 'must populate information for the given metric source')] : []),
    ...SOURCES.filter((other) => other !== source && metric[other] !== undefined).map((other) =>
      forbidden(`${at}.${other}`, 'must populate the given metric source only'),
    ),
  ]
}

function sourceErrors({ resource, containerResource, pods, object, external }: MetricSpec, at: string): FieldError[] {
  return [
    ...(object
      ? [...metricNameErrors(object.metric.name, `${at}.object`), ...targetErrors(object.target, `${at}.object.target`)]
      : []),
    ...(external
      ? [
          ...metricNameErrors(external.metric.name, `${at}.external`),
          ...targetErrors(external.target, `${at}.external.target`),
        ]
      : []),
    ...(pods ? podsErrors(pods, `${at}.pods`) : []),
    ...(containerResource ? resourceErrors(containerResource, `${at}.containerResource`) : []),
    ...(resource ? resourceErrors(resource, `${at}.resource`) : []),
  ]
}

const metricNameErrors = (name: string, at: string): FieldError[] =>
  name
    ? pathSegment(name).map((fault) => invalid(`${at}.metric.name`, name, fault))
    : [required(`${at}.metric.name`, 'must specify a metric name')]

function podsErrors(source: Wire<k8s.V2PodsMetricSource>, at: string): FieldError[] {
  return [
    ...metricNameErrors(source.metric.name, at),
    ...targetErrors(source.target, `${at}.target`),
    ...(nanosOf(source.target.averageValue) > 0n
      ? []
      : [required(`${at}.target.averageValue`, 'must specify a positive target averageValue')]),
  ]
}

function resourceErrors({ name, target }: Wire<k8s.V2ResourceMetricSource>, at: string): FieldError[] {
  const { averageUtilization, averageValue } = target
  const field = `${at}.target.averageUtilization`
  return [
    ...(name ? [] : [required(`${at}.name`, 'must specify a resource name')]),
    ...targetErrors(target, `${at}.target`),
    ...(averageUtilization === undefined && averageValue === undefined
      ? [required(field, 'must set either a target raw value or a target utilization')]
      : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [forbidden(`${at}.target.averageValue`, 'may not set both a target raw value and a target utilization')]
      : []),
  ]
}

function targetErrors(target: Target, at: string): FieldError[] {
  const positive = (amount: string | undefined) => amount === undefined || nanosOf(amount) > 0n
  return [
    ...(target.type ? [] : [required(`${at}.type`, 'must specify a metric target type')]),
    ...(target.type && !TARGET_TYPES.includes(target.type)
      ? [invalid(`${at}.type`, target.type, 'must be either Utilization, Value, or AverageValue')]
      : []),
    ...(positive(target.value) ? [] : [invalid(`${at}.value`, target.value, 'must be positive')]),
    ...(positive(target.averageValue) ? [] : [invalid(`${at}.averageValue`, target.averageValue, 'must be positive')]),
    ...(target.averageUtilization !== undefined && target.averageUtilization < 1
      ? [invalid(`${at}.averageUtilization`, target.averageUtilization, 'must be greater than 0')]
      : []),
  ]
}
