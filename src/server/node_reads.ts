import type { ApiRequest, UserInfo } from '../api/request.ts'
import { parseFieldSelector } from '../api/selector.ts'
import type { Pod } from '../api/types.ts'
import type { StoreReader } from '../store/store.ts'
import { nodeOf } from './admission/node_restriction.ts'
import { forbidden } from './api_errors.ts'

/**
 * A node reads its own pods only: their environment and arguments hold what others should not see.
 * @throws ApiError 403
 */
export function checkNodeRead(store: StoreReader, user: UserInfo, request: ApiRequest): void {
  const node = nodeOf(user)
  if (node === undefined || request.group !== '' || request.resource !== 'pods') return
  const why = faultOf(store, node, request)
  if (why === undefined) return
  const lead = `User ${JSON.stringify(user.name)} cannot ${request.verb} resource "pods" in API group ""`
  throw forbidden({ group: '', resource: 'pods' }, request.name, `${lead}: ${why}`)
}

function faultOf(store: StoreReader, node: string, { verb, namespace = '', name = '', options }: ApiRequest) {
  if (verb === 'get' || (verb === 'watch' && name !== '')) {
    const pod = store.get({ resource: 'pods', namespace, name })?.object as Pod | undefined
    return pod === undefined || pod.spec.nodeName === node ? undefined : `the pod is not on node ${node}`
  }
  if (verb !== 'list' && verb !== 'watch') return undefined
  const isOwn = parseFieldSelector(options.fieldSelector ?? '').some(
    ({ field, equal, value }) => field === 'spec.nodeName' && equal && value === node,
  )
  return isOwn ? undefined : 'can only list/watch pods with spec.nodeName field selector'
}
