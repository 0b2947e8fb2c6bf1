import type { ResourceRef } from '../../api/resource.ts'
import type { KubeObject, OwnerReference } from '../../api/types.ts'
import type { Informer, Informers } from '../../client/informer.ts'

/** An object of the graph together with the resource that it is reached by. */
export interface GraphNode {
  readonly resource: ResourceRef
  readonly object: KubeObject
}

/** Who owns whom, as the caches show it. */
export interface OwnerGraph {
  find(uid: string): GraphNode | undefined
  dependentsOf(uid: string): readonly GraphNode[]
  /** The resource that an owner reference means; undefined if no such kind is known. */
  resourceOf(reference: OwnerReference): ResourceRef | undefined
}

const BY_UID = 'garbage-collector/uid'
const BY_OWNER = 'garbage-collector/owner'

/** Indexes the caches of `resources` by uid and by owner; call before the caches start. */
export function createOwnerGraph(informers: Informers, resources: readonly ResourceRef[]): OwnerGraph {
  const caches = resources.map((resource) => ({ resource, informer: indexed(informers.of(resource)) }))
  const byKind = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, resource]))
  const search = (index: string, value: string): GraphNode[] =>
    caches.flatMap(({ resource, informer }) => informer.byIndex(index, value).map((object) => ({ resource, object })))
  return {
    find: (uid) => search(BY_UID, uid)[0],
    dependentsOf: (uid) => search(BY_OWNER, uid),
    resourceOf: ({ apiVersion, kind }) => byKind.get(`${groupOf(apiVersion)}/${kind}`),
  }
}

function indexed(informer: Informer<KubeObject>): Informer<KubeObject> {
  informer.addIndex(BY_UID, (object) => [object.metadata.uid])
  informer.addIndex(BY_OWNER, ownerUids)
  return informer
}

/** The uids of all owners that an object names. */
export const ownerUids = (object: KubeObject): readonly string[] =>
  (object.metadata.ownerReferences ?? []).map((reference) => reference.uid)

/** Whatever version of its group an owner is named by, it is the same object. */
const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
