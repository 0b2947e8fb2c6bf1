import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { formed } from '../validation/checks.ts'
import { dnsLabel, dnsSubdomain } from '../validation/names.ts'

type Rule = NonNullable<Wire<k8s.V1FlowSchemaSpec>['rules']>[number]
type Subject = NonNullable<Rule['subjects']>[number]
type ResourceRule = NonNullable<Rule['resourceRules']>[number]
type NonResourceRule = NonNullable<Rule['nonResourceRules']>[number]

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const SUBJECT_KINDS = ['Group', 'ServiceAccount', 'User']
/** The fields that say who a subject is, in the order in which upstream looks whether one is there for nothing. */
const SUBJECT_FIELDS: readonly (readonly [keyof Subject & string, string])[] = [
  ['serviceAccount', 'ServiceAccount'],
  ['user', 'User'],
  ['group', 'Group'],
]

/** Which requests of whom one rule of a flow schema is about. */
export function flowRuleErrors(rule: Rule, at: string): FieldError[] {
  // A list that must be there is kept as `null` when it is absent.
  const subjects = rule.subjects ?? []
  const { resourceRules = [], nonResourceRules = [] } = rule
  const empty = resourceRules.length + nonResourceRules.length === 0
  return [
    ...(subjects.length === 0 ? [required(`${at}.subjects`, 'subjects must contain at least one value')] : []),
    ...subjects.flatMap((subject, index) => subjectErrors(subject, `${at}.subjects[${index}]`)),
    ...(empty ? [required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...resourceRules.flatMap((one, index) => resourceRuleErrors(one, `${at}.resourceRules[${index}]`)),
    ...nonResourceRules.flatMap((one, index) => nonResourceRuleErrors(one, `${at}.nonResourceRules[${index}]`)),
  ]
}

function subjectErrors(subject: Subject, at: string): FieldError[] {
  const { kind } = subject
  if (!SUBJECT_KINDS.includes(kind)) return [notSupported(`${at}.kind`, kind ?? '', SUBJECT_KINDS)]
  const own = SUBJECT_FIELDS.find(([, name]) => name === kind)?.[0] ?? ''
  return [
    ...(subject[own as keyof Subject] === undefined
      ? [required(`${at}.${own}`, `${own} is required when subject kind is '${kind}'`)]
      : whoErrors(subject, `${at}.${own}`)),
    ...SUBJECT_FIELDS.filter(([field]) => field !== own && subject[field] !== undefined).map(([field, name]) =>
      forbidden(`${at}.${field}`, `${field} is forbidden when subject kind is not '${name}'`),
    ),
  ]
}

function whoErrors({ kind, user, group, serviceAccount }: Subject, at: string): FieldError[] {
  if (kind !== 'ServiceAccount') return (kind === 'User' ? user : group)?.name ? [] : [required(`${at}.name`)]
  const { name, namespace } = serviceAccount ?? {}
  return [
    ...(name ? [] : [required(`${at}.name`)]),
    ...(name && name !== '*' ? formed(name, dnsSubdomain, `${at}.name`) : []),
    ...(namespace
      ? formed(namespace, dnsLabel, `${at}.namespace`)
      : [required(`${at}.namespace`, 'must specify namespace for service account')]),
  ]
}

const alone = (list: readonly string[], field: string, others: string): FieldError[] =>
  list.length > 1 ? [invalid(field, list, `if '*' is present, must not specify other ${others}`)] : []

function verbErrors(verbs: readonly string[], field: string): FieldError[] {
  if (verbs.length === 0) return [required(field, 'verbs must contain at least one value')]
  if (verbs.includes('*')) return alone(verbs, field, 'verbs')
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(field, verbs, VERBS)]
}

function listErrors(list: readonly string[], field: string, one: string, others: string): FieldError[] {
  if (list.length === 0) return [required(field, `resource rules must supply at least one ${one}`)]
  return list.includes('*') ? alone(list, field, others) : []
}

const resourceRuleErrors = (rule: ResourceRule, at: string): FieldError[] => [
  ...verbErrors(rule.verbs ?? [], `${at}.verbs`),
  ...listErrors(rule.apiGroups ?? [], `${at}.apiGroups`, 'api group', 'api groups'),
  ...listErrors(rule.resources ?? [], `${at}.resources`, 'resource', 'resources'),
  ...namespaceErrors(rule.namespaces ?? [], rule.clusterScope === true, `${at}.namespaces`),
]

function namespaceErrors(namespaces: readonly string[], clusterScope: boolean, field: string): FieldError[] {
  if (namespaces.length === 0) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace'
    return clusterScope ? [] : [required(field, detail)]
  }
  if (namespaces.includes('*')) return alone(namespaces, field, 'namespaces')
  return namespaces.flatMap((name, index) =>
    dnsLabel(name).map((fault) =>
      invalid(`${field}[${index}]`, name, `each member of this list must be '*' or a DNS-1123 label; ${fault}`),
    ),
  )
}

function nonResourceRuleErrors({ verbs, nonResourceURLs }: NonResourceRule, at: string): FieldError[] {
  const paths = nonResourceURLs ?? []
  const field = `${at}.nonResourceURLs`
  const verbFaults = verbErrors(verbs ?? [], `${at}.verbs`)
  if (paths.length === 0) return [...verbFaults, required(field, 'nonResourceURLs must contain at least one value')]
  if (paths.includes('*')) return [...verbFaults, ...alone(paths, field, 'non-resource URLs')]
  return [
    ...verbFaults,
    ...paths.flatMap((path, index) => {
      const fault = pathFault(path)
      return fault === undefined ? [] : [invalid(`${field}[${index}]`, path, fault)]
    }),
  ]
}

/** A path of requests that are not about resources; a star may end it behind a slash. */
function pathFault(path: string): string | undefined {
  if (path === '') return 'must not be empty'
  if (path === '/') return undefined
  if (!path.startsWith('/')) return 'must start with slash'
  if (path.includes(' ')) return 'must not contain white-space'
  if (path.includes('//')) return 'must not contain double slash'
  const stars = path.split('*').length - 1
  return stars > 1 || (stars === 1 && !path.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}

/** Conditions of flow control have a type each, and each its own. */
export function conditionTypeErrors(
  status: { readonly conditions?: readonly { readonly type?: string }[] } | undefined,
) {
  const types = (status?.conditions ?? []).map(({ type = '' }) => type)
  return types.flatMap((type, index): FieldError[] => {
    const field = `status.conditions[${index}].type`
    return [...(types.indexOf(type) < index ? [duplicate(field, type)] : []), ...(type === '' ? [required(field)] : [])]
  })
}
