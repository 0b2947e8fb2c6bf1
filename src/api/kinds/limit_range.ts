import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, forbidden, invalid, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { compareQuantities, nanosOf } from '../quantity.ts'
import type { Wire } from '../types.ts'
import { formed } from '../validation/checks.ts'
import { qualifiedName } from '../validation/names.ts'
import { containerResourceNameErrors, mayOvercommit, resourceNameErrors } from '../validation/resource_names.ts'
import { items, type Loose, part } from './draft.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'

const STANDARD_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

type LimitRange = StoredWithSpec<k8s.V1LimitRange>
type Limit = Wire<k8s.V1LimitRangeItem>

function defaults(draft: MutableObject): void {
  for (const limit of items(part(draft, 'spec').limits)) if (limit.type === 'Container') containerDefaults(limit)
}

/** What is not said follows from what is: default from max, request from default, then from min. */
function containerDefaults(limit: Loose): void {
  const fillFrom = (target: string, source: string) => {
    for (const [name, amount] of Object.entries(limit[source] ?? {})) part(limit, target)[name] ??= amount
  }
  fillFrom('default', 'max')
  fillFrom('defaultRequest', 'default')
  fillFrom('defaultRequest', 'min')
}

function validate({ spec }: LimitRange): FieldError[] {
  const types = new Set<string>()
  return (spec.limits ?? []).flatMap((limit, index) => {
    const at = `spec.limits[${index}]`
    const { type = '' } = limit
    const errors = formed(type, qualifiedName, `${at}.type`)
    const unknown = errors.length === 0 && !type.includes('/') && !STANDARD_TYPES.includes(type)
    const taken = types.has(limit.type) ? [duplicate(`${at}.type`, limit.type)] : []
    types.add(limit.type)
    return [
      ...errors,
      ...(unknown ? [invalid(`${at}.type`, type, 'must be a standard limit type or fully qualified')] : []),
      ...taken,
      ...limitErrors(limit, at),
    ]
  })
}

function limitErrors(limit: Limit, at: string): FieldError[] {
  const names = new Set(
    [limit.max, limit.min, defaultOf(limit), limit.defaultRequest, limit.maxLimitRequestRatio].flatMap((amounts) =>
      Object.keys(amounts ?? {}),
    ),
  )
  return [
    ...nameErrors(limit, limit.max, `${at}.max`),
    ...nameErrors(limit, limit.min, `${at}.min`),
    ...(limit.type === 'Pod'
      ? podErrors(limit, at)
      : [
          ...nameErrors(limit, defaultOf(limit), `${at}.default`),
          ...nameErrors(limit, limit.defaultRequest, `${at}.defaultRequest`),
        ]),
    ...claimErrors(limit, at),
    ...nameErrors(limit, limit.maxLimitRequestRatio, `${at}.maxLimitRequestRatio`),
    ...[...names].sort().flatMap((name) => [...orderErrors(limit, name, at), ...ratioErrors(limit, name, at)]),
  ]
}

/** Pods and containers have resources that a claim has not. */
const nameErrors = ({ type }: Limit, amounts: Readonly<Record<string, string>> | undefined, at: string): FieldError[] =>
  Object.keys(amounts ?? {})
    .sort()
    .flatMap((name) =>
      type === 'Pod' || type === 'Container'
        ? containerResourceNameErrors(name, `${at}[${name}]`)
        : resourceNameErrors(name, `${at}[${name}]`),
    )

/** A limit may be so many times the request, but not more than the extremes allow. */
function ratioErrors(limit: Limit, name: string, at: string): FieldError[] {
  const ratio = limit.maxLimitRequestRatio?.[name]
  const [min, max] = [limit.min?.[name], limit.max?.[name]]
  const [request, standard] = [limit.defaultRequest?.[name], defaultOf(limit)?.[name]]
  const field = `${at}.maxLimitRequestRatio[${name}]`
  const widest = min === undefined || max === undefined ? undefined : Number(nanosOf(max)) / Number(nanosOf(min))
  const unequal = `default value ${standard} must equal to defaultRequest value ${request} in ${name}`
  return [
    ...(ratio !== undefined && compareQuantities(ratio, '1') < 0
      ? [invalid(field, ratio, `ratio ${ratio} is less than 1`)]
      : []),
    ...(ratio !== undefined && widest !== undefined && Number(nanosOf(ratio)) / 1e9 > widest
      ? [invalid(field, ratio, `ratio ${ratio} is greater than max/min = ${widest.toFixed(6)}`)]
      : []),
    ...(!mayOvercommit(name) &&
    request !== undefined &&
    standard !== undefined &&
    compareQuantities(request, standard) !== 0
      ? [invalid(`${at}.defaultRequest[${name}]`, request, unequal)]
      : []),
  ]
}

const defaultOf = (limit: Limit): Readonly<Record<string, string>> | undefined =>
  (limit as { readonly default?: Readonly<Record<string, string>> }).default

function podErrors(limit: Limit, at: string): FieldError[] {
  const fault = "may not be specified when `type` is 'Pod'"
  return [
    ...(Object.keys(defaultOf(limit) ?? {}).length > 0 ? [forbidden(`${at}.default`, fault)] : []),
    ...(Object.keys(limit.defaultRequest ?? {}).length > 0 ? [forbidden(`${at}.defaultRequest`, fault)] : []),
  ]
}

function claimErrors({ type, min, max }: Limit, at: string): FieldError[] {
  if (type !== 'PersistentVolumeClaim') return []
  if (min?.['storage'] !== undefined || max?.['storage'] !== undefined) return []
  return [required(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided')]
}

/** min ≤ default request ≤ default ≤ max. */
function orderErrors(limit: Limit, name: string, at: string): FieldError[] {
  const [min, max] = [limit.min?.[name], limit.max?.[name]]
  const [request, standard] = [limit.defaultRequest?.[name], defaultOf(limit)?.[name]]
  const above = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0
  const fault = (field: string, value: string | undefined, detail: string) =>
    invalid(`${at}.${field}[${name}]`, value, detail)
  return [
    ...(above(min, max) ? [fault('min', min, `min value ${min} is greater than max value ${max}`)] : []),
    ...(above(min, request)
      ? [fault('defaultRequest', request, `min value ${min} is greater than default request value ${request}`)]
      : []),
    ...(above(request, max)
      ? [fault('defaultRequest', request, `default request value ${request} is greater than max value ${max}`)]
      : []),
    ...(above(request, standard)
      ? [
          fault(
            'defaultRequest',
            request,
            `default request value ${request} is greater than default limit value ${standard}`,
          ),
        ]
      : []),
    ...(above(min, standard)
      ? [fault('default', min, `min value ${min} is greater than default value ${standard}`)]
      : []),
    ...(above(standard, max)
      ? [fault('default', max, `default value ${standard} is greater than max value ${max}`)]
      : []),
  ]
}

/** What one pod or container may use, and what it gets if it does not say. */
export const limitRangeRules: KindRules<LimitRange> = {
  resource: namespacedRef('v1', 'limitranges', 'LimitRange'),
  createOnUpdate: true,
  generation: 'none',
  defaults,
  prepareCreate: ({ metadata }, { random }) => {
    metadata['name'] ||= random.uuid()
  },
  validateCreate: validate,
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
}
