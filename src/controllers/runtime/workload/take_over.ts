import { isInvalid, isNotFound } from '../../../api/error.ts'
import type { ResourceRef } from '../../../api/resource.ts'
import type { KubeObject, OwnerReference } from '../../../api/types.ts'
import type { Client } from '../../../client/client.ts'
import { refOf, unless } from '../calls.ts'

/**
 * Makes an owner the controller of an object; one that has gone needs none. Whoever calls has asked the server
 * whether the owner is still there.
 */
export async function takeOver<T extends KubeObject>(
  client: Client,
  owner: OwnerReference,
  resource: ResourceRef<T>,
  object: T,
  finalizers: readonly string[] = [],
): Promise<void> {
  const held = finalizers.length === 0 ? {} : { finalizers }
  const body = { metadata: { uid: object.metadata.uid, ownerReferences: [owner], ...held } }
  await unless(isNotFound, client.patch(resource, refOf(object), { type: 'strategic', body }))
}

/** Takes an owner's reference away from an object. One that has gone, or has another of its name in its place, has none. */
export async function letGo<T extends KubeObject>(
  client: Client,
  owner: KubeObject,
  resource: ResourceRef<T>,
  object: T,
  finalizers: readonly string[] = [],
): Promise<void> {
  const ownerReferences = [{ $patch: 'delete', uid: owner.metadata.uid }]
  const freed = finalizers.length === 0 ? {} : { '$deleteFromPrimitiveList/finalizers': finalizers }
  const body = { metadata: { uid: object.metadata.uid, ownerReferences, ...freed } }
  const isGone = (error: unknown) => isNotFound(error) || isInvalid(error)
  await unless(isGone, client.patch(resource, refOf(object), { type: 'strategic', body }))
}
