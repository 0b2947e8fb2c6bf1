import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { labelSelectorErrors } from '../validation/selectors.ts'
import { clusterRef, namespacedRef, type Stored } from './refs.ts'

type Role = Stored<k8s.V1Role>
type ClusterRole = Stored<k8s.V1ClusterRole>
type Rule = Wire<k8s.V1PolicyRule>

const ruleErrors = (rules: readonly Rule[] | null | undefined, namespaced: boolean): FieldError[] =>
  (rules ?? []).flatMap((rule, index) => oneRuleErrors(rule, namespaced, `rules[${index}]`))

function oneRuleErrors(rule: Rule, namespaced: boolean, at: string): FieldError[] {
  const { verbs, apiGroups = [], resources = [], nonResourceURLs = [] } = rule
  const errors = (verbs ?? []).length === 0 ? [required(`${at}.verbs`, 'verbs must contain at least one value')] : []
  if (nonResourceURLs.length > 0) return [...errors, ...pathRuleErrors(rule, nonResourceURLs, namespaced, at)]
  return [
    ...errors,
    ...(apiGroups.length === 0
      ? [required(`${at}.apiGroups`, 'resource rules must supply at least one api group')]
      : []),
    ...(resources.length === 0
      ? [required(`${at}.resources`, 'resource rules must supply at least one resource')]
      : []),
  ]
}

function pathRuleErrors(rule: Rule, paths: readonly string[], namespaced: boolean, at: string): FieldError[] {
  const mixed = [rule.apiGroups, rule.resources, rule.resourceNames].some((list) => (list ?? []).length > 0)
  const field = `${at}.nonResourceURLs`
  return [
    ...(namespaced ? [invalid(field, paths, 'namespaced rules cannot apply to non-resource URLs')] : []),
    ...(mixed ? [invalid(field, paths, 'rules cannot apply to both regular resources and non-resource URLs')] : []),
  ]
}

/** Roles of a namespace. */
export const roleRules: KindRules<Role> = {
  resource: namespacedRef('rbac.authorization.k8s.io/v1', 'roles', 'Role'),
  generation: 'none',
  nameForm: 'path-segment',
  createOnUpdate: true,
  validateCreate: ({ rules }) => ruleErrors(rules, true),
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
}

/** Roles of the whole cluster. */
export const clusterRoleRules: KindRules<ClusterRole> = {
  resource: clusterRef('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole'),
  generation: 'none',
  nameForm: 'path-segment',
  createOnUpdate: true,
  validateCreate: ({ rules, aggregationRule }) => [...ruleErrors(rules, false), ...aggregationErrors(aggregationRule)],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
}

function aggregationErrors(rule: ClusterRole['aggregationRule']): FieldError[] {
  if (rule === undefined) return []
  const selectors = rule.clusterRoleSelectors ?? []
  if (selectors.length === 0) {
    return [
      required(
        'aggregationRule.clusterRoleSelectors',
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      ),
    ]
  }
  return selectors.flatMap((one, index) => {
    const at = `aggregationRule.clusterRoleSelectors[${index}]`
    const errors = labelSelectorErrors(one, at)
    // Upstream tries to use the selector as well, and tells of what it got when that fails: nothing.
    return errors.length === 0 ? [] : [...errors, invalid(at, null, 'invalid label selector.')]
  })
}
