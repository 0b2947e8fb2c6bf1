import { parseGroupVersion } from '../../api/schema/table.ts'
import type { KubeObject, Node, Pod } from '../../api/types.ts'
import { nodeOf } from '../admission/node_restriction.ts'
import { badRequest, conflict, forbidden, notFound } from '../api_errors.ts'
import { type Call, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import type { TokenClaims, TokenOwner } from '../server_deps.ts'
import { headObject } from '../storage.ts'

/** The object that a request wants a token bound to. */
export interface BoundObject {
  readonly kind?: string
  readonly apiVersion?: string
  readonly name?: string
  readonly uid?: string
}

type Owners = Pick<TokenClaims, 'pod' | 'secret' | 'node'>

const RESOURCES: Readonly<Record<string, { readonly resource: string; readonly namespaced: boolean }>> = {
  Pod: { resource: 'pods', namespaced: true },
  Secret: { resource: 'secrets', namespaced: true },
  Node: { resource: 'nodes', namespaced: false },
}

/** What the token dies with, and where its pod runs. @throws ApiError when that is not there, or another one */
export function boundTo(core: Core, call: Call, bound: BoundObject | undefined): Owners {
  if (bound === undefined) return {}
  const { kind = '', apiVersion = '', name = '' } = bound
  const { group, version } = parseGroupVersion(apiVersion)
  const known = group === '' ? RESOURCES[kind] : undefined
  if (known === undefined) {
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`)
  }
  if (name === '') throw badRequest('Name parameter required.')
  const { namespace = '' } = call.request
  const found = headObject<KubeObject>(core.store, known.resource, known.namespaced ? namespace : '', name)
  if (found === undefined) throw notFound({ group: '', resource: known.resource }, name)
  const { uid } = found.metadata
  if (kind === 'Pod') checkAccount(call, found as Pod)
  if (bound.uid && bound.uid !== uid) {
    const why = `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', resource: kind }, name, why)
  }
  return ownersOf(core, kind, { name, uid }, found)
}

function ownersOf(core: Core, kind: string, owner: TokenOwner, found: KubeObject): Owners {
  if (kind === 'Secret') return { secret: owner }
  if (kind === 'Node') return { node: owner }
  const { nodeName } = (found as Pod).spec
  if (!nodeName) return { pod: owner }
  const uid = headObject<Node>(core.store, 'nodes', '', nodeName)?.metadata.uid
  return { pod: owner, node: { name: nodeName, ...(uid === undefined ? {} : { uid }) } }
}

function checkAccount(call: Call, { spec }: Pod): void {
  const { name = '' } = call.request
  if (spec.serviceAccountName === name) return
  const why = 'to pod running with different serviceaccount name.'
  throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(name)} ${why}`)
}

/** An agent gets tokens only for the pods that run on its node. @throws ApiError 403 */
export function checkNode(core: Core, call: Call, bound: BoundObject | undefined): void {
  const node = nodeOf(call.user)
  if (node === undefined) return
  const { namespace = '', name = '' } = call.request
  const refuse = (why: string) => forbidden(resourceNameOf(call.target.facts), name, why)
  if (bound?.kind !== 'Pod' || !bound.name) throw refuse('node requested token not bound to a pod')
  const pod = headObject<Pod>(core.store, 'pods', namespace, bound.name)
  if (pod?.spec.nodeName !== node) throw refuse('node requested token bound to a pod scheduled on a different node')
}
