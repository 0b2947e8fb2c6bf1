import type { UserInfo } from '../../api/request.ts'
import { type Authorizer, MASTERS, type PolicyRule, type RoleBinding } from '../access/authorization.ts'
import { forbidden, notFound } from '../api_errors.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

const GROUP = 'rbac.authorization.k8s.io'

/** Nobody may give away rights that they do not have, by a role or by a binding. */
export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  validate(attributes, { authorizer }) {
    const { facts, operation, user } = attributes
    if (facts.ref.group !== GROUP || operation === 'DELETE' || user.groups.includes(MASTERS)) return
    const isBinding = facts.ref.kind.endsWith('Binding')
    const verb = isBinding ? 'bind' : 'escalate'
    const granted = isBinding ? rulesOfBinding(attributes, authorizer) : (attributes.object['rules'] ?? [])
    if (mayAnyway(attributes, authorizer, verb)) return
    const held = authorizer.rulesOf(user, attributes.namespace || undefined)
    const lacking = granted.flatMap((rule: PolicyRule) =>
      splitRule(rule).filter((part) => !held.some((own) => covers(own, part))),
    )
    if (lacking.length === 0) return
    throw forbidden(facts.ref, attributes.name, refusalText(user, merged(lacking)))
  },
}

function rulesOfBinding({ object, facts }: Attributes, authorizer: Authorizer): readonly PolicyRule[] {
  const binding = object as unknown as RoleBinding
  const rules = authorizer.rulesOfRole(binding)
  if (rules === undefined) throw notFound(facts.ref, binding.roleRef.name)
  return rules
}

function mayAnyway({ user, object, facts, name }: Attributes, authorizer: Authorizer, verb: string): boolean {
  const { resource, namespaced } = facts.ref
  const scope = namespaced ? { namespace: String(object.metadata['namespace'] ?? '') } : {}
  const ref = (object as unknown as RoleBinding).roleRef
  const asked = verb === 'bind' ? { resource: `${ref.kind.toLowerCase()}s`, name: ref.name } : { resource, name }
  return authorizer.decide(user, { type: 'resource', verb, group: GROUP, ...scope, ...asked }).allowed
}

/** A rule as rules that each name one thing of every sort. */
function splitRule(rule: PolicyRule): PolicyRule[] {
  const names = rule.resourceNames?.length ? rule.resourceNames : [undefined]
  const parts: PolicyRule[] = []
  for (const verb of rule.verbs ?? []) {
    for (const path of rule.nonResourceURLs ?? []) parts.push({ verbs: [verb], nonResourceURLs: [path] })
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        for (const name of names) {
          const only = name === undefined ? {} : { resourceNames: [name] }
          parts.push({ verbs: [verb], apiGroups: [group], resources: [resource], ...only })
        }
      }
    }
  }
  return parts
}

const within = (owned: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  owned.includes('*') || wanted.every((one) => owned.includes(one))

const coversPaths = (owned: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((path) => owned.some((own) => own === path || (own.endsWith('*') && path.startsWith(own.slice(0, -1)))))

/** Whether a rule that somebody has allows all that a single one does. */
function covers(owned: PolicyRule, part: PolicyRule): boolean {
  if (!within(owned.verbs, part.verbs)) return false
  if (part.nonResourceURLs !== undefined) return coversPaths(owned.nonResourceURLs, part.nonResourceURLs)
  if (!within(owned.apiGroups, part.apiGroups) || !within(owned.resources, part.resources)) return false
  const names = owned.resourceNames ?? []
  return names.length === 0 || (part.resourceNames !== undefined && within(names, part.resourceNames))
}

/** Puts single rules that differ only in their verb together again. */
function merged(parts: readonly PolicyRule[]): PolicyRule[] {
  const byRest = new Map<string, PolicyRule>()
  for (const part of parts) {
    const rest = JSON.stringify({ ...part, verbs: [] })
    const known = byRest.get(rest)
    byRest.set(rest, known === undefined ? part : { ...known, verbs: [...(known.verbs ?? []), ...(part.verbs ?? [])] })
  }
  return [...byRest.values()]
}

const goList = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`

function ruleText({ nonResourceURLs, apiGroups, resources, resourceNames, verbs }: PolicyRule): string {
  const parts = [
    ...(nonResourceURLs ? [`NonResourceURLs:${goList(nonResourceURLs)}`] : []),
    ...(apiGroups ? [`APIGroups:${goList(apiGroups)}`] : []),
    ...(resources ? [`Resources:${goList(resources)}`] : []),
    ...(resourceNames ? [`ResourceNames:${goList(resourceNames)}`] : []),
    `Verbs:${goList(verbs ?? [])}`,
  ]
  return `{${parts.join(', ')}}`
}

function refusalText(user: UserInfo, lacking: readonly PolicyRule[]): string {
  const rules = lacking.map(ruleText).sort().join('\n')
  return `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${rules}`
}
