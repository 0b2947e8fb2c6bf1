import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import { nanosOf } from '../quantity.ts'
import type { Wire } from '../types.ts'
import { formed, oneOf, present, requiredFormed } from '../validation/checks.ts'
import { dnsLabel, pathSegment } from '../validation/names.ts'
import { NOT_NEGATIVE } from '../validation/numbers.ts'
import { containerResourceNameErrors } from '../validation/resource_names.ts'
import type { Autoscaler, MetricSpec } from './autoscaler.ts'

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const TARGET_TYPES = ['AverageValue', 'Utilization', 'Value']
const SELECT_POLICIES = ['Disabled', 'Max', 'Min']
const POLICY_TYPES = ['Percent', 'Pods']
const WINDOW_SECONDS_MAX = 3600
const PERIOD_SECONDS_MAX = 1800
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const
const SOURCE_OF: Readonly<Record<string, (typeof SOURCES)[number]>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}

type Target = Wire<k8s.V2MetricTarget>
type Reference = Partial<Wire<k8s.V2CrossVersionObjectReference>>
type Rules = Wire<k8s.V2HPAScalingRules>

/** What is wrong with an autoscaler. */
export function autoscalerErrors({ spec }: Autoscaler, metrics: readonly MetricSpec[], old?: Autoscaler): FieldError[] {
  const { minReplicas, maxReplicas = 0 } = spec
  return [
    ...(minReplicas !== undefined && minReplicas < 1
      ? [invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')]
      : []),
    ...(maxReplicas === 0 ? [required('spec.maxReplicas', 'must be set and greater than 0')] : []),
    ...(maxReplicas < 0 ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1')] : []),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...referenceErrors(spec.scaleTargetRef, old?.spec.scaleTargetRef),
    ...metrics.flatMap((metric, index) => metricErrors(metric, `spec.metrics[${index}]`)),
    ...(minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')
      ? [
          forbidden(
            'spec.metrics',
            'must specify at least one Object or External metric to support scaling to zero replicas',
          ),
        ]
      : []),
    ...(spec.behavior?.scaleUp ? scalingErrors(spec.behavior.scaleUp, 'spec.behavior.scaleUp') : []),
    ...(spec.behavior?.scaleDown ? scalingErrors(spec.behavior.scaleDown, 'spec.behavior.scaleDown') : []),
  ]
}

/** Of the core group only a replication controller can be scaled; what was there before may stay. */
function referenceErrors(target: Reference, old: Reference | undefined): FieldError[] {
  const at = 'spec.scaleTargetRef'
  const stays = old !== undefined && old.apiVersion === target.apiVersion && old.kind === target.kind
  return [
    ...namedReferenceErrors(target, at),
    ...(stays ? [] : apiVersionErrors(target, `${at}.apiVersion`, target.kind === 'ReplicationController')),
  ]
}

function apiVersionErrors({ apiVersion = '' }: Reference, field: string, mayBeCore: boolean): FieldError[] {
  const parts = apiVersion.split('/')
  if (parts.length > 2) return [invalid(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const group = parts.length === 2 ? parts[0] : ''
  return group === '' && !mayBeCore ? [invalid(field, apiVersion, 'apiVersion must specify API group')] : []
}

const namedReferenceErrors = ({ kind, name }: Reference, at: string): FieldError[] => [
  ...requiredFormed(kind, pathSegment, `${at}.kind`),
  ...requiredFormed(name, pathSegment, `${at}.name`),
]

/** An unknown type is reported twice: nothing fits it, and it is not known. */
function metricErrors(metric: MetricSpec, at: string): FieldError[] {
  const { type } = metric
  const given = SOURCES.filter((source) => metric[source] !== undefined)
  const expected = SOURCE_OF[type]
  const unknown = notSupported(`${at}.type`, type ?? '', METRIC_TYPES)
  const surplus = given.length === 1 ? [] : given.filter((source) => source !== expected)
  return [
    ...(type ? [] : [required(`${at}.type`, 'must specify a metric source type')]),
    ...(expected === undefined ? [unknown] : []),
    ...(given[0] === undefined ? [] : sourceErrors(metric, given[0], `${at}.${given[0]}`)),
    ...(expected === undefined ? [unknown] : []),
    ...(expected !== undefined && metric[expected] === undefined
      ? [required(`${at}.${expected}`, 'must populate information for the given metric source')]
      : []),
    ...surplus.map((source) => forbidden(`${at}.${source}`, 'must populate the given metric source only')),
  ]
}

/** Only the first source is looked at. */
function sourceErrors(metric: MetricSpec, source: (typeof SOURCES)[number], at: string): FieldError[] {
  const { resource, containerResource, pods, object, external } = metric
  switch (source) {
    case 'object':
      return object ? objectErrors(object, at) : []
    case 'external':
      return external ? externalErrors(external, at) : []
    case 'pods':
      return pods ? podsErrors(pods, at) : []
    case 'resource':
      return resource ? [...resourceNameMissing(resource.name, at), ...amountErrors(resource.target, at)] : []
    case 'containerResource':
      return containerResource ? containerErrors(containerResource, at) : []
  }
}

const metricNameErrors = (metric: { readonly name: string } | undefined, at: string): FieldError[] =>
  metric?.name
    ? formed(metric.name, pathSegment, `${at}.metric.name`)
    : [required(`${at}.metric.name`, 'must specify a metric name')]

function objectErrors({ describedObject, metric, target }: Wire<k8s.V2ObjectMetricSource>, at: string): FieldError[] {
  return [
    ...namedReferenceErrors(describedObject ?? {}, `${at}.describedObject`),
    ...apiVersionErrors(describedObject ?? {}, `${at}.describedObject.apiVersion`, true),
    ...metricNameErrors(metric, at),
    ...targetErrors(target ?? {}, `${at}.target`),
    ...(target?.value === undefined && target?.averageValue === undefined
      ? [required(`${at}.target.averageValue`, 'must set either a target value or averageValue')]
      : []),
  ]
}

function externalErrors({ metric, target }: Wire<k8s.V2ExternalMetricSource>, at: string): FieldError[] {
  const { value, averageValue } = target ?? {}
  return [
    ...metricNameErrors(metric, at),
    ...targetErrors(target ?? {}, `${at}.target`),
    ...(value === undefined && averageValue === undefined
      ? [required(`${at}.target.averageValue`, 'must set either a target value for metric or a per-pod target')]
      : []),
    ...(value !== undefined && averageValue !== undefined
      ? [forbidden(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target')]
      : []),
  ]
}

const podsErrors = ({ metric, target }: Wire<k8s.V2PodsMetricSource>, at: string): FieldError[] => [
  ...metricNameErrors(metric, at),
  ...targetErrors(target ?? {}, `${at}.target`),
  ...(target?.averageValue !== undefined
    ? []
    : [required(`${at}.target.averageValue`, 'must specify a positive target averageValue')]),
]

const resourceNameMissing = (name: string, at: string): FieldError[] =>
  name ? [] : [required(`${at}.name`, 'must specify a resource name')]

const containerErrors = (source: Wire<k8s.V2ContainerResourceMetricSource>, at: string): FieldError[] => [
  ...(source.name ? containerResourceNameErrors(source.name, `${at}.name`) : resourceNameMissing(source.name, at)),
  ...(source.container
    ? formed(source.container, dnsLabel, `${at}.container`)
    : [required(`${at}.container`, 'must specify a container')]),
  ...amountErrors(source.target, at),
]

function amountErrors(target: Target | undefined, at: string): FieldError[] {
  const { averageUtilization, averageValue } = target ?? {}
  return [
    ...targetErrors(target ?? {}, `${at}.target`),
    ...(averageUtilization === undefined && averageValue === undefined
      ? [required(`${at}.target.averageUtilization`, 'must set either a target raw value or a target utilization')]
      : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [forbidden(`${at}.target.averageValue`, 'may not set both a target raw value and a target utilization')]
      : []),
  ]
}

function targetErrors(target: Partial<Target>, at: string): FieldError[] {
  const positive = (amount: string | undefined) => amount === undefined || nanosOf(amount) > 0n
  return [
    ...(target.type ? [] : [required(`${at}.type`, 'must specify a metric target type')]),
    ...(!TARGET_TYPES.includes(target.type ?? '')
      ? [invalid(`${at}.type`, target.type ?? '', 'must be either Utilization, Value, or AverageValue')]
      : []),
    ...(positive(target.value) ? [] : [invalid(`${at}.value`, target.value, 'must be positive')]),
    ...(positive(target.averageValue) ? [] : [invalid(`${at}.averageValue`, target.averageValue, 'must be positive')]),
    ...(target.averageUtilization !== undefined && target.averageUtilization < 1
      ? [invalid(`${at}.averageUtilization`, target.averageUtilization, 'must be greater than 0')]
      : []),
  ]
}

/** How fast it may grow or shrink. */
function scalingErrors(rules: Rules, at: string): FieldError[] {
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [], tolerance } = rules
  const field = `${at}.stabilizationWindowSeconds`
  return [
    ...(window < 0 ? [invalid(field, window, 'must be greater than or equal to zero')] : []),
    ...(window > WINDOW_SECONDS_MAX
      ? [invalid(field, window, `must be less than or equal to ${WINDOW_SECONDS_MAX}`)]
      : []),
    ...oneOf(selectPolicy, SELECT_POLICIES, `${at}.selectPolicy`),
    ...present(policies, `${at}.policies`, 'must specify at least one Policy'),
    ...policies.flatMap((policy, index) => policyErrors(policy, `${at}.policies[${index}]`)),
    ...(tolerance !== undefined && nanosOf(tolerance) < 0n
      ? [invalid(`${at}.tolerance`, tolerance, NOT_NEGATIVE)]
      : []),
  ]
}

function policyErrors({ type, value, periodSeconds: period }: NonNullable<Rules['policies']>[number], at: string) {
  const positive = (number: number, field: string) =>
    number > 0 ? [] : [invalid(`${at}.${field}`, number, 'must be greater than zero')]
  return [
    ...oneOf(type ?? '', POLICY_TYPES, `${at}.type`),
    ...positive(value ?? 0, 'value'),
    ...positive(period ?? 0, 'periodSeconds'),
    ...(period > PERIOD_SECONDS_MAX
      ? [invalid(`${at}.periodSeconds`, period, `must be less than or equal to ${PERIOD_SECONDS_MAX}`)]
      : []),
  ]
}
