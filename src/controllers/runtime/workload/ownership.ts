import { apiVersionOf, type ObjectKey, type ResourceRef } from '../../../api/resource.ts'
import type { KubeObject, OwnerReference } from '../../../api/types.ts'
import type { CacheChange, Informer } from '../../../client/informer.ts'

/** The reference of an object's controller. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)

/** The owner reference that makes `owner` the controller of something. */
export function controllerReferenceTo(resource: ResourceRef, owner: KubeObject): OwnerReference {
  const { name, uid } = owner.metadata
  const { kind } = resource
  return { apiVersion: apiVersionOf(resource), kind, name, uid, controller: true, blockOwnerDeletion: true }
}

const OWNER_INDEX = 'workload/owner'
const orphansOf = (namespace: string | undefined): string => `orphans of ${namespace}`
const ownerValues = (object: KubeObject): readonly string[] => [
  controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace),
]

/** Lets `ownedBy` and `candidatesOf` look into a cache; harmless when it has been asked for before. */
export const indexByOwner = <T extends KubeObject>(cache: Informer<T>): void => cache.addIndex(OWNER_INDEX, ownerValues)

/** What an object controls. */
export const ownedBy = <T extends KubeObject>(cache: Informer<T>, uid: string): readonly T[] =>
  cache.byIndex(OWNER_INDEX, uid)

/** What an object controls, and what nobody in its namespace controls. */
export const candidatesOf = <T extends KubeObject>(cache: Informer<T>, owner: KubeObject): readonly T[] => [
  ...ownedBy(cache, owner.metadata.uid),
  ...cache.byIndex(OWNER_INDEX, orphansOf(owner.metadata.namespace)),
]

/** What of some candidates is the owner's own, is to be adopted, and is to be let go. */
export interface Claimed<T> {
  /** With those that are to be adopted. */
  readonly own: readonly T[]
  readonly adopt: readonly T[]
  readonly release: readonly T[]
}

/**
 * Sorts out whose the candidates are: own ones that no longer match are released, matching ones that
 * nobody controls are adopted. An owner that is being deleted changes nothing.
 */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  candidates: readonly T[],
  matches: (candidate: T) => boolean,
): Claimed<T> {
  const isEnding = owner.metadata.deletionTimestamp !== undefined
  const isOwn = (one: T) => controllerOf(one)?.uid === owner.metadata.uid
  const adopt = candidates.filter(
    (one) =>
      !isEnding && controllerOf(one) === undefined && one.metadata.deletionTimestamp === undefined && matches(one),
  )
  return {
    own: [...candidates.filter((one) => isOwn(one) && matches(one)), ...adopt],
    adopt,
    release: isEnding ? [] : candidates.filter((one) => isOwn(one) && !matches(one)),
  }
}

/** The owners that a changed object concerns: its controller before and after, or all that might adopt it. */
export function ownersConcerned<Owner extends KubeObject, T extends KubeObject>(
  owners: Informer<Owner>,
  kind: string,
  change: CacheChange<T>,
  mightAdopt: (owner: Owner, orphan: T) => boolean,
): readonly ObjectKey[] {
  const keys = new Set<ObjectKey>()
  for (const object of [change.previous, change.current]) {
    if (object === undefined) continue
    const { namespace } = object.metadata
    const controller = controllerOf(object)
    if (controller?.kind === kind) keys.add(`${namespace}/${controller.name}`)
    if (controller !== undefined) continue
    for (const owner of owners.list(namespace)) {
      if (mightAdopt(owner, object)) keys.add(`${namespace}/${owner.metadata.name}`)
    }
  }
  return [...keys]
}
