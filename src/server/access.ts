import type { UserInfo } from '../api/request.ts'
import { forbidden } from './api_errors.ts'
import type { Authorizer } from './authorization.ts'
import { defined } from './query.ts'
import type { Asked } from './router.ts'

/** @throws ApiError 403 unless the user may do what the request asks for */
export function checkAccess(authorizer: Authorizer, user: UserInfo, request: Asked): void {
  const { verb, group, resource, subresource, namespace, name } = request
  const question = { type: 'resource', verb, group, resource, ...defined({ subresource, namespace, name }) } as const
  const { allowed } = authorizer.decide(user, question)
  if (allowed) return
  const asked = subresource === undefined ? resource : `${resource}/${subresource}`
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const why = `User ${JSON.stringify(user.name)} cannot ${verb} resource "${asked}" in API group "${group}" ${scope}`
  throw forbidden({ group, resource }, name, why)
}
