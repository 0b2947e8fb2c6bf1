import type { UserInfo } from '../../api/request.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Store } from '../../store/store.ts'
import { type Watched, watchResource } from '../watched.ts'

/** What somebody wants to do: with a resource, or with a path that is none. */
export type AccessRequest =
  | {
      readonly type: 'resource'
      readonly verb: string
      readonly group: string
      readonly resource: string
      readonly subresource?: string
      readonly namespace?: string
      readonly name?: string
    }
  | { readonly type: 'path'; readonly verb: string; readonly path: string }

/** `reason` tells which binding allows it. */
export interface AccessDecision {
  readonly allowed: boolean
  readonly reason: string
}

/** One rule of a role. */
export interface PolicyRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null
}

export interface RoleSubject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly RoleSubject[]
}

/** Answers who may do what, from the stored roles and bindings. */
export interface Authorizer {
  decide(user: UserInfo, request: AccessRequest): AccessDecision
  /** All rules that apply to somebody in a namespace. */
  rulesOf(user: UserInfo, namespace: string | undefined): PolicyRule[]
  /** The rules of the role that a binding names; undefined when there is no such role. */
  rulesOfRole(binding: RoleBinding): readonly PolicyRule[] | undefined
  start(): Promise<void>
  stop(): void
}

/** Members of this group may do everything, whatever is stored. */
export const MASTERS = 'system:masters'
const NO: AccessDecision = { allowed: false, reason: '' }

export function createAuthorizer(store: Store): Authorizer {
  const group = 'rbac.authorization.k8s.io'
  const clusterRoles = watchResource<Role>(store, `clusterroles.${group}`)
  const roles = watchResource<Role>(store, `roles.${group}`)
  const clusterBindings = watchResource<RoleBinding>(store, `clusterrolebindings.${group}`)
  const bindings = watchResource<RoleBinding>(store, `rolebindings.${group}`)
  const watched: readonly Watched<KubeObject>[] = [clusterRoles, roles, clusterBindings, bindings]

  const rulesOfRole = ({ roleRef, metadata }: RoleBinding): readonly PolicyRule[] | undefined => {
    const role =
      roleRef.kind === 'Role' ? roles.get(metadata.namespace ?? '', roleRef.name) : clusterRoles.get('', roleRef.name)
    return role === undefined ? undefined : (role.rules ?? [])
  }

  function* applying(user: UserInfo, namespace: string | undefined) {
    for (const binding of [...clusterBindings.values(), ...(namespace ? bindings.values(namespace) : [])]) {
      const subject = binding.subjects?.find((candidate) => isSubject(candidate, user, binding.metadata.namespace))
      if (subject !== undefined) yield { binding, subject, rules: rulesOfRole(binding) ?? [] }
    }
  }

  return {
    decide(user, request) {
      if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' }
      const namespace = request.type === 'resource' ? request.namespace : undefined
      for (const { binding, subject, rules } of applying(user, namespace)) {
        if (rules.some((rule) => ruleAllows(rule, request)))
          return { allowed: true, reason: reasonOf(binding, subject) }
      }
      return NO
    },
    rulesOf: (user, namespace) => [...applying(user, namespace)].flatMap(({ rules }) => rules),
    rulesOfRole,
    async start() {
      for (const one of watched) await one.start()
    },
    stop() {
      for (const one of watched) one.stop()
    },
  }
}

function isSubject(subject: RoleSubject, user: UserInfo, bindingNamespace: string | undefined): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name
    case 'Group':
      return user.groups.includes(subject.name)
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`
    default:
      return false
  }
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value))

/** Whether one rule allows a request. */
function ruleAllows(rule: PolicyRule, request: AccessRequest): boolean {
  if (!has(rule.verbs, request.verb)) return false
  if (request.type === 'path') return (rule.nonResourceURLs ?? []).some((pattern) => coversPath(pattern, request.path))
  if (!has(rule.apiGroups, request.group) || !coversResource(rule, request)) return false
  const names = rule.resourceNames ?? []
  return names.length === 0 || (request.name !== undefined && names.includes(request.name))
}

function coversResource(
  rule: PolicyRule,
  { resource, subresource }: { resource: string; subresource?: string },
): boolean {
  const full = subresource === undefined ? resource : `${resource}/${subresource}`
  return has(rule.resources, full) || (subresource !== undefined && (rule.resources ?? []).includes(`*/${subresource}`))
}

const coversPath = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))

function reasonOf({ kind, metadata, roleRef }: RoleBinding, subject: RoleSubject): string {
  const name = metadata.namespace === undefined ? metadata.name : `${metadata.name}/${metadata.namespace}`
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace}` : subject.name
  return `RBAC: allowed by ${kind} "${name}" of ${roleRef.kind} "${roleRef.name}" to ${subject.kind} "${who}"`
}
