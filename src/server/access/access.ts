import { ApiError } from '../../api/error.ts'
import type { UserInfo } from '../../api/request.ts'
import { forbidden } from '../api_errors.ts'
import { defined } from '../http/query.ts'
import type { Asked } from '../http/router.ts'
import type { AccessRequest, Authorizer } from './authorization.ts'

/** @throws ApiError 403 unless the user may do what the request asks for */
export function checkAccess(authorizer: Authorizer, user: UserInfo, request: Asked): void {
  checkRight(authorizer, user, accessTo(request))
}

/** @throws ApiError 403 unless the user may */
export function checkRight(authorizer: Authorizer, user: UserInfo, question: AccessRequest): void {
  if (!authorizer.decide(user, question).allowed) throw forbiddenTo(user, question)
}

/** The question of what a request asks for. */
export function accessTo({ verb, group, resource, subresource, namespace, name }: Asked): AccessRequest {
  return { type: 'resource', verb, group, resource, ...defined({ subresource, namespace, name }) } as const
}

/** The refusal of what a user may not do. */
export function forbiddenTo(user: UserInfo, request: AccessRequest, why?: string): ApiError {
  const lead = `User ${JSON.stringify(user.name)} cannot ${request.verb}`
  const end = why === undefined ? '' : `: ${why}`
  if (request.type === 'path') {
    const message = `forbidden: ${lead} path ${JSON.stringify(request.path)}${end}`
    return new ApiError({ code: 403, reason: 'Forbidden', message, details: {} })
  }
  const { group, resource, subresource, namespace, name } = request
  const asked = subresource === undefined ? resource : `${resource}/${subresource}`
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  return forbidden({ group, resource }, name, `${lead} resource "${asked}" in API group "${group}" ${scope}${end}`)
}
