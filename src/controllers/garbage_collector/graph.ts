import type { ResourceRef } from '../../api/resource.ts'
import type { KubeObject, OwnerReference } from '../../api/types.ts'
import type { Informers } from '../../client/informer.ts'

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

/**
 * Follows the caches of `resources`; call before the caches start. Each change of each object asks for its owners and
 * dependents: looking for them in sixty caches was a fortieth of what an ordered set costs.
 */
export function createOwnerGraph(informers: Informers, resources: readonly ResourceRef[]): OwnerGraph {
  const nodes = new Map<string, GraphNode>()
  const dependents = new Map<string, Map<string, GraphNode>>()
  const byKind = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, resource]))

  function leave(object: KubeObject): void {
    const { uid } = object.metadata
    nodes.delete(uid)
    for (const owner of ownerUids(object)) {
      const owned = dependents.get(owner)
      owned?.delete(uid)
      if (owned?.size === 0) dependents.delete(owner)
    }
  }

  function enter(node: GraphNode): void {
    const { uid } = node.object.metadata
    nodes.set(uid, node)
    for (const owner of ownerUids(node.object)) {
      const owned = dependents.get(owner) ?? new Map<string, GraphNode>()
      dependents.set(owner, owned.set(uid, node))
    }
  }

  for (const resource of resources) {
    const informer = informers.of<KubeObject>(resource)
    for (const object of informer.list()) enter({ resource, object })
    informer.onChange(({ previous, current }) => {
      if (previous !== undefined) leave(previous)
      if (current !== undefined) enter({ resource, object: current })
    })
  }
  return {
    find: (uid) => nodes.get(uid),
    dependentsOf: (uid) => [...(dependents.get(uid)?.values() ?? [])],
    resourceOf: ({ apiVersion, kind }) => byKind.get(`${groupOf(apiVersion)}/${kind}`),
  }
}

/** The uids of all owners that an object names. */
export const ownerUids = (object: KubeObject): readonly string[] =>
  (object.metadata.ownerReferences ?? []).map((reference) => reference.uid)

/** Whatever version of its group an owner is named by, it is the same object. */
const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
