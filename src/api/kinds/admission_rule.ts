import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { oneOf } from '../validation/checks.ts'

type Rule = Wire<k8s.V1RuleWithOperations>

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']

const alone = (list: readonly string[], field: string, others: string): FieldError[] =>
  list.length > 1 && list.includes('*')
    ? [invalid(field, list, `if '*' is present, must not specify other ${others}`)]
    : []

/** Which requests a webhook or a policy is about. */
export function ruleErrors(rule: Partial<Rule>, at: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  return [
    ...(operations.length === 0 ? [required(`${at}.operations`)] : []),
    ...alone(operations, `${at}.operations`, 'operations'),
    ...operations.flatMap((one, index) => oneOf(one, OPERATIONS, `${at}.operations[${index}]`)),
    ...(apiGroups.length === 0 ? [required(`${at}.apiGroups`)] : []),
    ...alone(apiGroups, `${at}.apiGroups`, 'API groups'),
    ...(apiVersions.length === 0 ? [required(`${at}.apiVersions`)] : []),
    ...alone(apiVersions, `${at}.apiVersions`, 'API versions'),
    ...apiVersions.flatMap((one, index) => (one === '' ? [required(`${at}.apiVersions[${index}]`)] : [])),
    ...resourceErrors(resources, `${at}.resources`),
    ...oneOf(scope, SCOPES, `${at}.scope`),
  ]
}

/** Resources with or without a subresource, either of which may be a wildcard that leaves nothing for others to say. */
function resourceErrors(resources: readonly string[], field: string): FieldError[] {
  const wholeParents = new Set<string>()
  const everyChild = new Set<string>()
  const errors = resources.flatMap((text, index) => {
    const at = `${field}[${index}]`
    if (text === '') return [required(at)]
    const slash = text.indexOf('/')
    if (slash < 0) return []
    const [parent, child] = [text.slice(0, slash), text.slice(slash + 1)]
    const found = [
      ...(wholeParents.has(parent) ? [invalid(at, text, `if '${parent}/*' is present, must not specify ${text}`)] : []),
      ...(everyChild.has(child) ? [invalid(at, text, `if '*/${child}' is present, must not specify ${text}`)] : []),
    ]
    if (child === '*') wholeParents.add(parent)
    if (parent === '*') everyChild.add(child)
    return found
  })
  return [...(resources.length === 0 ? [required(field)] : []), ...errors, ...wildcardErrors(resources, field)]
}

function wildcardErrors(resources: readonly string[], field: string): FieldError[] {
  const plain = resources.filter((one) => one !== '' && !one.includes('/'))
  // As upstream: what the last entry without a subresource says is what counts.
  const names = plain.length > 0 && plain.at(-1) !== '*'
  return [
    ...(resources.length > 1 && resources.includes('*/*')
      ? [invalid(field, resources, "if '*/*' is present, must not specify other resources")]
      : []),
    ...(plain.includes('*') && names
      ? [invalid(field, resources, "if '*' is present, must not specify other resources without subresources")]
      : []),
  ]
}
