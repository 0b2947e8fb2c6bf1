import { podReferences } from '../../api/pod_references.ts'
import type { ApiRequest, UserInfo } from '../../api/request.ts'
import { parseFieldSelector } from '../../api/selector.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts'
import type { StoreReader } from '../../store/store.ts'
import { nodeOf } from '../admission/node_restriction.ts'
import { forbidden } from '../api_errors.ts'
import type { Watched } from '../watched.ts'

/** Where relations between nodes and objects are looked up. */
export interface NodeReadSources {
  readonly store: StoreReader
  readonly pods: Watched<Pod>
}

/**
 * A node reads its own pods only, and of configuration, secrets, claims and volumes what these name:
 * a machine that is taken over must not show what others keep there.
 * @throws ApiError 403
 */
export function checkNodeRead(sources: NodeReadSources, user: UserInfo, request: ApiRequest): void {
  const node = nodeOf(user)
  if (node === undefined || request.group !== '') return
  const why = faultOf(sources, node, request)
  if (why === undefined) return
  const { resource, verb, name, namespace } = request
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const lead = `User ${JSON.stringify(user.name)} cannot ${verb} resource "${resource}" in API group "" ${scope}`
  throw forbidden({ group: '', resource }, name, `${lead}: ${why}`)
}

type References = ReturnType<typeof podReferences>

const NAMED: Readonly<Record<string, keyof References>> = {
  secrets: 'secrets',
  configmaps: 'configMaps',
  persistentvolumeclaims: 'claims',
}

function faultOf(sources: NodeReadSources, node: string, request: ApiRequest): string | undefined {
  const { resource, verb } = request
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return undefined
  if (resource === 'pods') return podFault(sources.store, node, request)
  const kind = NAMED[resource]
  if (kind === undefined && resource !== 'persistentvolumes') return undefined
  const name = request.name ?? nameSelected(request)
  if (name === undefined) return 'No Object name found'
  const { namespace = '' } = request
  if (kind !== undefined && namespace === '') return 'can only read namespaced object of this type'
  const isRelated =
    kind === undefined
      ? isVolumeOf(sources, node, name)
      : podsOn(sources, node, namespace).some((pod) => podReferences(pod)[kind].has(name))
  return isRelated ? undefined : `no relationship found between node '${node}' and this object`
}

/** A list or a watch of one name is as good as reading it. */
const nameSelected = ({ options }: ApiRequest): string | undefined =>
  parseFieldSelector(options.fieldSelector ?? '').find(({ field, equal }) => field === 'metadata.name' && equal)?.value

const podsOn = ({ pods }: NodeReadSources, node: string, namespace: string): Pod[] =>
  [...pods.values(namespace)].filter(({ spec }) => spec.nodeName === node)

/** The claim that a volume is bound to has to be one of a pod of the node. */
function isVolumeOf(sources: NodeReadSources, node: string, name: string): boolean {
  const { store } = sources
  const volume = store.get({ resource: 'persistentvolumes', namespace: '', name })?.object as
    | PersistentVolume
    | undefined
  const { namespace = '', name: claimName = '' } = volume?.spec.claimRef ?? {}
  const claim = store.get({ resource: 'persistentvolumeclaims', namespace, name: claimName })?.object
  if ((claim as PersistentVolumeClaim | undefined)?.spec.volumeName !== name) return false
  return podsOn(sources, node, namespace).some((pod) => podReferences(pod).claims.has(claimName))
}

function podFault(store: StoreReader, node: string, { verb, namespace = '', name = '', options }: ApiRequest) {
  if (verb === 'get' || (verb === 'watch' && name !== '')) {
    const pod = store.get({ resource: 'pods', namespace, name })?.object as Pod | undefined
    return pod === undefined || pod.spec.nodeName === node ? undefined : `the pod is not on node ${node}`
  }
  const isOwn = parseFieldSelector(options.fieldSelector ?? '').some(
    ({ field, equal, value }) => field === 'spec.nodeName' && equal && value === node,
  )
  return isOwn ? undefined : 'can only list/watch pods with spec.nodeName field selector'
}
