import { isNotFound } from '../../api/error.ts'
import type { ResourceRef } from '../../api/resource.ts'
import { EVENTS, PODS } from '../../api/resources.ts'
import type { KubeObject } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import type { Client, ReadClient } from '../../client/client.ts'
import { NAMESPACE_DELETES_AT_ONCE } from './limits.ts'

/** What a namespace still holds of one resource. */
export interface Content {
  readonly resource: ResourceRef
  readonly objects: readonly KubeObject[]
}

/** What a namespace holds, and what could not be found out or deleted. */
export interface Contents {
  readonly found: readonly Content[]
  readonly failures: readonly string[]
}

const isSameResource = (a: ResourceRef, b: ResourceRef): boolean => a.group === b.group && a.resource === b.resource

/** Lists, from the server itself, what a namespace holds of these resources. */
export async function listContents(
  client: ReadClient,
  namespace: string,
  resources: readonly ResourceRef[],
): Promise<Contents> {
  const found: Content[] = []
  const failures: string[] = []
  for (const resource of resources) {
    try {
      const { items } = await client.list(resource, { namespace })
      if (items.length > 0) found.push({ resource, objects: items })
    } catch (error) {
      if (!isNotFound(error)) failures.push(messageOf(error))
    }
  }
  return { found, failures }
}

/** Deletes all that is not ending yet; answers what went wrong. */
export async function deleteContents(client: Client, contents: Contents): Promise<readonly string[]> {
  const due = contents.found.flatMap(({ resource, objects }) =>
    objects.filter(isStaying).map((object) => ({ resource, object })),
  )
  const failures: string[] = []
  for (let at = 0; at < due.length; at += NAMESPACE_DELETES_AT_ONCE) {
    const batch = due.slice(at, at + NAMESPACE_DELETES_AT_ONCE)
    const results = await Promise.all(batch.map(({ resource, object }) => deleteOne(client, resource, object)))
    failures.push(...results.filter((failure) => failure !== undefined))
  }
  return failures
}

const isStaying = (object: KubeObject): boolean => object.metadata.deletionTimestamp === undefined

async function deleteOne(client: Client, resource: ResourceRef, object: KubeObject): Promise<string | undefined> {
  const { namespace = '', name, uid } = object.metadata
  try {
    await client.delete(resource, { namespace, name }, { uid, propagationPolicy: 'Background' })
    return undefined
  } catch (error) {
    return isNotFound(error) ? undefined : messageOf(error)
  }
}

/**
 * The order in which contents go: pods first, so that nothing they use is taken from under them;
 * events, which everything else may still cause, last.
 */
export function wavesOf(resources: readonly ResourceRef[]): readonly (readonly ResourceRef[])[] {
  const others = resources.filter((resource) => resource.namespaced && !isSameResource(resource, EVENTS))
  const namespaced = [...others, EVENTS]
  const pods = namespaced.filter((resource) => isSameResource(resource, PODS))
  return [pods, namespaced.filter((resource) => !isSameResource(resource, PODS))]
}
