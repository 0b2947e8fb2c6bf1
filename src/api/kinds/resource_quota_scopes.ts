import { type FieldError, invalid, required } from '../field_error.ts'
import { goNamed } from '../validation/go_names.ts'
import { isStandardQuotaResource } from '../validation/resource_names.ts'

/** Which objects a quota counts, in both ways in which it can say so. */
export interface ScopedQuota {
  readonly hard?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  readonly scopeSelector?: { readonly matchExpressions?: readonly Requirement[] }
}

interface Requirement {
  readonly scopeName?: string
  readonly operator?: string
  readonly values?: readonly string[]
}

const COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const OF_PODS = new Set(['pods', ...COMPUTE])
/** What a quota of each scope can limit. */
const LIMITED_BY: Readonly<Record<string, ReadonlySet<string>>> = {
  BestEffort: new Set(['pods']),
  CrossNamespacePodAffinity: OF_PODS,
  NotBestEffort: OF_PODS,
  NotTerminating: OF_PODS,
  PriorityClass: OF_PODS,
  Terminating: OF_PODS,
  VolumeAttributesClass: new Set(['persistentvolumeclaims', 'requests.storage']),
}
/** Scopes without a value to compare. */
const WITHOUT_VALUE = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const CONFLICTING = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]
const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** What is wrong with the scopes of a quota: unknown ones, and ones that cannot go with what it limits. */
export const quotaScopeErrors = (spec: ScopedQuota): FieldError[] => [...plainErrors(spec), ...selectorErrors(spec)]

const isScope = (scope: string): boolean => Object.hasOwn(LIMITED_BY, scope)

/** One fault for each limited resource that is none of the scope's. */
const misplaced = ({ hard = {} }: ScopedQuota, scope: string): string[] =>
  Object.keys(hard).filter(
    (name) => isStandardQuotaResource(name) && isScope(scope) && LIMITED_BY[scope]?.has(name) === false,
  )

const conflicts = (scopes: readonly string[]): string[][] =>
  CONFLICTING.filter((pair) => pair.every((one) => scopes.includes(one)))

function plainErrors(spec: ScopedQuota): FieldError[] {
  const { scopes = [] } = spec
  const fault = (detail: string): FieldError => invalid('spec.scopes', scopes, detail)
  return [
    ...scopes.flatMap((scope) => [
      ...(isScope(scope) ? [] : [fault('unsupported scope')]),
      ...misplaced(spec, scope).map(() => fault('unsupported scope applied to resource')),
    ]),
    ...conflicts(scopes).map(() => fault('conflicting scopes')),
  ]
}

function selectorErrors(spec: ScopedQuota): FieldError[] {
  const at = 'spec.scopeSelector.matchExpressions'
  const requirements = spec.scopeSelector?.matchExpressions ?? []
  const shown = goNamed('core.ScopeSelector', spec.scopeSelector)
  return [
    ...requirements.flatMap((one) => {
      const scope = one.scopeName ?? ''
      return [
        ...(isScope(scope) ? [] : [invalid(`${at}.scopeName`, scope, 'unsupported scope')]),
        ...misplaced(spec, scope).map(() => invalid(at, shown, 'unsupported scope applied to resource')),
        ...operatorErrors(one, at),
      ]
    }),
    ...conflicts(requirements.map(({ scopeName = '' }) => scopeName)).map(() =>
      invalid(at, spec.scopes, 'conflicting scopes'),
    ),
  ]
}

function operatorErrors({ scopeName = '', operator = '', values = [] }: Requirement, at: string): FieldError[] {
  const errors =
    WITHOUT_VALUE.includes(scopeName) && operator !== 'Exists' ? [invalid(`${at}.operator`, operator, EXISTS_ONLY)] : []
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
      return values.length > 0 ? errors : [...errors, required(`${at}.values`, detail)]
    }
    case 'Exists':
    case 'DoesNotExist': {
      const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
      return values.length === 0 ? errors : [...errors, invalid(`${at}.values`, values, detail)]
    }
    default:
      return [...errors, invalid(`${at}.operator`, operator, 'not a valid selector operator')]
  }
}
