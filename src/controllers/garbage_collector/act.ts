import { isNotFound } from '../../api/error.ts'
import type { ObjectRef, ResourceRef } from '../../api/resource.ts'
import type { KubeObject, OwnerReference } from '../../api/types.ts'
import type { Client, ReadClient } from '../../client/client.ts'
import { isWaitingForDependents, type OwnerState, type Propagation } from './decide.ts'
import type { GraphNode } from './graph.ts'

/** Where an object stands. */
export const refOf = (object: KubeObject): ObjectRef => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
})

/** Something that is gone already is what was wanted. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** The object as the server has it now; undefined if it is gone or another one has its name. */
export async function readSame(client: ReadClient, { resource, object }: GraphNode): Promise<KubeObject | undefined> {
  const found = await readIfThere(client, resource, refOf(object))
  return found?.metadata.uid === object.metadata.uid ? found : undefined
}

/** Asks the server, not a cache, whether this very owner exists. An owner is looked for in its dependent's namespace. */
export async function askForOwner(
  client: ReadClient,
  resource: ResourceRef,
  reference: OwnerReference,
  namespace: string,
): Promise<OwnerState> {
  const ref = { namespace: resource.namespaced ? namespace : '', name: reference.name }
  const found = await readIfThere(client, resource, ref)
  if (found?.metadata.uid !== reference.uid) return 'absent'
  return isWaitingForDependents(found) ? 'waiting' : 'alive'
}

async function readIfThere(client: ReadClient, resource: ResourceRef, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, ref)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Deletes what was read: a change in between, which may have named a new owner, makes it fail. */
export function deleteNode(client: Client, { resource, object }: GraphNode, propagation: Propagation): Promise<void> {
  const { uid, resourceVersion } = object.metadata
  return unlessGone(client.delete(resource, refOf(object), { uid, resourceVersion, propagationPolicy: propagation }))
}

/** Writes the list of owners; an empty one goes. */
export function writeOwners(client: Client, node: GraphNode, owners: readonly OwnerReference[]): Promise<void> {
  return patchMetadata(client, node, { ownerReferences: owners.length === 0 ? null : owners })
}

/** No owner waits for this object any more; answers it as it is then. */
export async function unblockOwners(client: Client, node: GraphNode): Promise<GraphNode> {
  const { resource, object } = node
  const { uid, resourceVersion, ownerReferences = [] } = object.metadata
  const free = ownerReferences.map((one) => ({ ...one, blockOwnerDeletion: false }))
  const body = { metadata: { uid, resourceVersion, ownerReferences: free } }
  return { resource, object: await client.patch(resource, refOf(object), { type: 'merge', body }) }
}

/** Takes one finalizer away. */
export function removeFinalizer(client: Client, node: GraphNode, finalizer: string): Promise<void> {
  const left = (node.object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
  return patchMetadata(client, node, { finalizers: left.length === 0 ? null : left })
}

function patchMetadata(client: Client, { resource, object }: GraphNode, metadata: object): Promise<void> {
  const { uid, resourceVersion } = object.metadata
  const body = { metadata: { uid, resourceVersion, ...metadata } }
  return unlessGone(client.patch(resource, refOf(object), { type: 'merge', body }))
}
