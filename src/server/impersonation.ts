import type { UserInfo } from '../api/request.ts'
import { badRequest, forbidden } from './api_errors.ts'
import { serviceAccountGroups, withAuthenticated } from './authentication.ts'
import type { Authorizer } from './authorization.ts'
import type { HttpRequest } from './http_types.ts'

const USER = 'impersonate-user'
const GROUP = 'impersonate-group'
const EXTRA_PREFIX = 'impersonate-extra-'
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

/** Acts as somebody else, if the headers ask for it and the real user may. @throws ApiError 400, 403 */
export function impersonated(authorizer: Authorizer, user: UserInfo, request: HttpRequest): UserInfo {
  const { headers } = request
  const name = headers[USER] ?? ''
  const groups = (headers[GROUP] ?? '')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')
  if (name === '') {
    if (groups.length > 0) throw badRequest(withoutUser(groups))
    return user
  }
  checkMay(authorizer, user, name, groups)
  const extra = extraOf(headers)
  return { name, groups: groupsOf(name, groups), ...(Object.keys(extra).length > 0 ? { extra } : {}) }
}

function withoutUser(groups: readonly string[]): string {
  const list = groups.map((group) => JSON.stringify(group)).join(', ')
  return `requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{${list}}, Extra:map[string][]string(nil)} without impersonating a user name`
}

/** A service account is always a member of its groups, everybody but the anonymous of the authenticated. */
function groupsOf(name: string, groups: readonly string[]): readonly string[] {
  const [, namespace] = SERVICE_ACCOUNT.exec(name) ?? []
  const own = groups.length === 0 && namespace !== undefined ? serviceAccountGroups(namespace) : groups
  return name === 'system:anonymous' ? own : withAuthenticated(own)
}

function extraOf(headers: HttpRequest['headers']): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith(EXTRA_PREFIX) && value !== undefined) {
      extra[decodeURIComponent(header.slice(EXTRA_PREFIX.length))] = value.split(',').map((one) => one.trim())
    }
  }
  return extra
}

function checkMay(authorizer: Authorizer, user: UserInfo, name: string, groups: readonly string[]): void {
  const [, namespace, account] = SERVICE_ACCOUNT.exec(name) ?? []
  const questions: { resource: string; name: string; namespace?: string }[] = [
    namespace === undefined
      ? { resource: 'users', name }
      : { resource: 'serviceaccounts', namespace, name: account ?? '' },
    ...groups.map((group) => ({ resource: 'groups', name: group })),
  ]
  for (const question of questions) {
    if (authorizer.decide(user, { type: 'resource', verb: 'impersonate', group: '', ...question }).allowed) continue
    const scope = question.namespace === undefined ? 'at the cluster scope' : `in the namespace "${question.namespace}"`
    const why = `User "${user.name}" cannot impersonate resource "${question.resource}" in API group "" ${scope}`
    throw forbidden({ group: '', resource: question.resource }, question.name, why)
  }
}
