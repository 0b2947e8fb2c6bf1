import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooMany } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { formed, oneOf, requiredFormed } from '../validation/checks.ts'
import { dns1035Label, dnsSubdomain, pathSegment, qualifiedName } from '../validation/names.ts'
import { labelSelectorErrors } from '../validation/selectors.ts'
import { ruleErrors } from './admission_rule.ts'
import { items, type Loose, part } from './draft.ts'

type MatchResources = Wire<k8s.V1MatchResources>
type NamedRule = NonNullable<MatchResources['resourceRules']>[number]
type ParamKind = Wire<k8s.V1ParamKind>
type ParamRef = Wire<k8s.V1ParamRef>
type MatchCondition = Wire<k8s.V1MatchCondition>
type Variable = Wire<k8s.V1Variable>

export const MATCH_POLICIES = ['Equivalent', 'Exact']
const CONDITIONS_MAX = 64
const MUTABLE_OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE']
const MISSING_PARAMETER_ACTIONS = ['Deny', 'Allow']
const CEL_IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const CEL_RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

/** What the defaulting of upstream fills in where policies say what they are about. */
export function matchDefaults(match: Loose): void {
  if (!match) return
  match.matchPolicy ??= 'Equivalent'
  part(match, 'namespaceSelector')
  part(match, 'objectSelector')
  for (const rule of [...items(match.resourceRules), ...items(match.excludeResourceRules)]) rule.scope ??= '*'
}

/** Which requests a policy or its binding is about. */
export function matchErrors(match: MatchResources | undefined, at: string): FieldError[] {
  if (match === undefined) return []
  const named = (rules: readonly NamedRule[] | undefined, field: string) =>
    (rules ?? []).flatMap((rule, index) => namedRuleErrors(rule, `${at}.${field}[${index}]`))
  return [
    ...oneOf(match.matchPolicy, MATCH_POLICIES, `${at}.matchPolicy`),
    ...labelSelectorErrors(match.namespaceSelector, `${at}.namespaceSelector`),
    ...labelSelectorErrors(match.objectSelector, `${at}.objectSelector`),
    ...named(match.resourceRules, 'resourceRules'),
    ...named(match.excludeResourceRules, 'excludeResourceRules'),
  ]
}

const namedRuleErrors = (rule: NamedRule, at: string): FieldError[] => [
  ...(rule.resourceNames ?? []).flatMap((name, index, names) => [
    ...formed(name, pathSegment, `${at}.resourceNames[${index}]`),
    ...(names.indexOf(name) < index ? [duplicate(`${at}.resourceNames[${index}]`, name)] : []),
  ]),
  ...ruleErrors(rule, at),
]

/** Only what creates or changes an object can be changed itself. */
export const mutableOperationErrors = (match: MatchResources | undefined, at: string): FieldError[] =>
  (match?.resourceRules ?? []).flatMap(({ operations = [] }) =>
    operations.flatMap((one) => oneOf(one, MUTABLE_OPERATIONS, `${at}.resourceRules.operations`)),
  )

/** The kind of the objects that parametrize a policy. */
export const paramKindErrors = (kind: ParamKind | undefined, at: string): FieldError[] =>
  kind === undefined ? [] : [...versionErrors(kind.apiVersion ?? '', `${at}.apiVersion`), ...kindErrors(kind.kind, at)]

function versionErrors(apiVersion: string, field: string): FieldError[] {
  if (apiVersion === '') return [required(field)]
  if (apiVersion === '/') return [invalid(field, apiVersion, 'version must be specified')]
  const parts = apiVersion.split('/')
  if (parts.length > 2) return [invalid(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const version = parts.at(-1) ?? ''
  const group = parts.length === 2 ? (parts[0] ?? '') : ''
  const faults = (text: string, list: readonly string[]) =>
    list.length === 0 ? [] : [invalid(field, text, list.join(','))]
  return [
    ...(group === '' ? [] : faults(group, dnsSubdomain(group))),
    ...(version === ''
      ? [invalid(field, apiVersion, 'version must be specified')]
      : faults(version, dns1035Label(version))),
  ]
}

function kindErrors(kind: string | undefined, at: string): FieldError[] {
  if (!kind) return [required(`${at}.kind`)]
  const faults = dns1035Label(kind.toLowerCase())
  const detail = `may have mixed case, but should otherwise match: ${faults.join(',')}`
  return faults.length === 0 ? [] : [invalid(`${at}.kind`, kind, detail)]
}

/** Which objects parametrize a policy at one binding. */
export function paramRefErrors(ref: ParamRef | undefined, at: string): FieldError[] {
  if (ref === undefined) return []
  const { name, selector, parameterNotFoundAction: action } = ref
  const both = name && selector !== undefined
  const exclusive = 'name and selector are mutually exclusive'
  return [
    ...(name ? formed(name, pathSegment, `${at}.name`) : []),
    ...(both ? [forbidden(`${at}.name`, exclusive)] : []),
    ...labelSelectorErrors(selector, `${at}.selector`),
    ...(both ? [forbidden(`${at}.selector`, exclusive)] : []),
    ...(!name && selector === undefined ? [required(at, 'one of name or selector must be specified')] : []),
    ...missingActionErrors(action, `${at}.parameterNotFoundAction`),
  ]
}

function missingActionErrors(action: string | undefined, field: string): FieldError[] {
  if (!action) return [required(field)]
  return MISSING_PARAMETER_ACTIONS.includes(action) ? [] : [notSupported(field, action, MISSING_PARAMETER_ACTIONS)]
}

/** Expressions that all must hold before a request is looked at. They are not compiled here. */
export function matchConditionErrors(conditions: readonly MatchCondition[] | undefined, field: string): FieldError[] {
  const all = conditions ?? []
  const names = all.map(({ name }) => name)
  return [
    ...(all.length > CONDITIONS_MAX ? [tooMany(field, all.length, CONDITIONS_MAX)] : []),
    ...all.flatMap(({ name, expression }, index) => [
      ...expressionErrors(expression, `${field}[${index}].expression`),
      ...requiredFormed(name, qualifiedName, `${field}[${index}].name`),
      ...(name && names.indexOf(name) < index ? [duplicate(`${field}[${index}].name`, name)] : []),
    ]),
  ]
}

/** An expression must be there. */
export const expressionErrors = (expression: string | undefined, field: string, detail = ''): FieldError[] =>
  (expression ?? '').trim() === '' ? [required(field, detail)] : []

/** Named expressions that others may use. */
export const variableErrors = (variables: readonly Variable[] | undefined, field: string): FieldError[] =>
  (variables ?? []).flatMap(({ name, expression }, index) => [
    ...variableNameErrors(name ?? '', `${field}[${index}].name`),
    ...expressionErrors(expression, `${field}[${index}].expression`, 'expression is not specified'),
  ])

function variableNameErrors(name: string, field: string): FieldError[] {
  if (name.trim() === '') return [required(field, 'name is not specified')]
  const isIdentifier = CEL_IDENTIFIER.test(name) && !CEL_RESERVED.has(name)
  return isIdentifier ? [] : [invalid(field, name, 'must be a valid CEL identifier')]
}
