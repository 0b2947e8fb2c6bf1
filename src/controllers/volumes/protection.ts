import { attributesClassesOf } from '../../api/attributes_classes.ts'
import { isNotFound } from '../../api/error.ts'
import { keyOf, type ResourceRef } from '../../api/resource.ts'
import { CLAIMS, PODS, VOLUME_ATTRIBUTES_CLASSES, VOLUMES } from '../../api/resources.ts'
import type {
  KubeObject,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttributesClass,
} from '../../api/types.ts'
import type { Client, ReadClient } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import {
  ATTRIBUTES_CLASS_PROTECTION_FINALIZER,
  CLAIM_PROTECTION_FINALIZER,
  VOLUME_PROTECTION_FINALIZER,
} from './names.ts'

export interface ProtectionView<T extends KubeObject> {
  readonly object: T
  readonly isUsed: boolean
}

export type ProtectionPlan = 'none' | 'protect' | 'letGo'

/** What is in use stays when it is deleted, until nobody uses it. Pure. */
export function decideProtection(view: ProtectionView<KubeObject>, finalizer: string): ProtectionPlan {
  const { metadata } = view.object
  const isProtected = (metadata.finalizers ?? []).includes(finalizer)
  if (metadata.deletionTimestamp === undefined) return isProtected ? 'none' : 'protect'
  return isProtected && !view.isUsed ? 'letGo' : 'none'
}

/** A pod uses a claim from the moment it has a node: only then may somebody have mounted the volume. */
export const usesClaim = (pod: Pod, claimName: string): boolean =>
  !!pod.spec.nodeName && claimNamesOf(pod).includes(claimName)

const claimNamesOf = (pod: Pod): readonly string[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName]
    return volume.ephemeral ? [`${pod.metadata.name}-${volume.name}`] : []
  })

const BY_CLAIM = 'volumes/pods-by-claim'

/** Holds claims that pods on nodes use. Keys are claims. */
export function createClaimProtectionController(
  deps: ControllerDeps,
): Controller<ProtectionView<PersistentVolumeClaim>, ProtectionPlan> {
  const claims = deps.informers.of(CLAIMS)
  const pods = deps.informers.of(PODS)
  const claimKeys = (pod: Pod | undefined) =>
    pod === undefined ? [] : claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`)
  pods.addIndex(BY_CLAIM, (pod) => (pod.spec.nodeName ? claimKeys(pod) : []))
  return {
    name: 'persistent-volume-claim-protection',
    watches: [
      watchRule(CLAIMS, (change) => [change.key]),
      watchRule(PODS, ({ previous, current }) => (current === undefined ? claimKeys(previous) : [])),
    ],
    view(key) {
      const object = claims.get(key)
      return object && { object, isUsed: pods.byIndex(BY_CLAIM, keyOf(object)).length > 0 }
    },
    decide: (view) => decideProtection(view, CLAIM_PROTECTION_FINALIZER),
    apply: async (plan, { object }, client) => {
      if (plan === 'letGo' && (await isUsedNow(client, object))) return done
      await carryOut(client, CLAIMS, object, CLAIM_PROTECTION_FINALIZER, plan)
      return done
    },
  }
}

/** Asks the server before anything is let go: the cache may not know the newest pod yet. */
async function isUsedNow(client: ReadClient, { metadata }: PersistentVolumeClaim): Promise<boolean> {
  const { items } = await client.list(PODS, { namespace: metadata.namespace ?? '' })
  return items.some((pod) => usesClaim(pod, metadata.name))
}

/** Holds volumes that are bound. Keys are volumes. */
export function createVolumeProtectionController(
  deps: ControllerDeps,
): Controller<ProtectionView<PersistentVolume>, ProtectionPlan> {
  const volumes = deps.informers.of(VOLUMES)
  return {
    name: 'persistent-volume-protection',
    watches: [watchRule(VOLUMES, (change) => [change.key])],
    view(key) {
      const object = volumes.get(key)
      return object && { object, isUsed: object.status?.phase === 'Bound' }
    },
    decide: (view) => decideProtection(view, VOLUME_PROTECTION_FINALIZER),
    apply: async (plan, { object }, client) => {
      await carryOut(client, VOLUMES, object, VOLUME_PROTECTION_FINALIZER, plan)
      return done
    },
  }
}

const CLAIMS_BY_CLASS = 'volumes/claims-by-attributes-class'
const VOLUMES_BY_CLASS = 'volumes/volumes-by-attributes-class'

/** Holds VolumeAttributesClasses that claims or volumes name. Keys are classes. */
export function createAttributesClassProtectionController({
  informers,
}: ControllerDeps): Controller<ProtectionView<VolumeAttributesClass>, ProtectionPlan> {
  const classes = informers.of(VOLUME_ATTRIBUTES_CLASSES)
  const claims = informers.of(CLAIMS)
  const volumes = informers.of(VOLUMES)
  const classesOfVolume = ({ spec }: PersistentVolume) => notEmpty(spec.volumeAttributesClassName)
  claims.addIndex(CLAIMS_BY_CLASS, attributesClassesOf)
  volumes.addIndex(VOLUMES_BY_CLASS, classesOfVolume)
  return {
    name: 'volume-attributes-class-protection',
    watches: [
      watchRule(VOLUME_ATTRIBUTES_CLASSES, (change) => [change.key]),
      watchRule(CLAIMS, ({ previous }) => (previous === undefined ? [] : attributesClassesOf(previous))),
      watchRule(VOLUMES, ({ previous }) => (previous === undefined ? [] : classesOfVolume(previous))),
    ],
    view(key) {
      const object = classes.get(key)
      if (object === undefined) return undefined
      const { name } = object.metadata
      const isUsed = claims.byIndex(CLAIMS_BY_CLASS, name).length + volumes.byIndex(VOLUMES_BY_CLASS, name).length > 0
      return { object, isUsed }
    },
    decide: (view) => decideProtection(view, ATTRIBUTES_CLASS_PROTECTION_FINALIZER),
    apply: async (plan, { object }, client) => {
      await carryOut(client, VOLUME_ATTRIBUTES_CLASSES, object, ATTRIBUTES_CLASS_PROTECTION_FINALIZER, plan)
      return done
    },
  }
}

const notEmpty = (name: string | undefined): readonly string[] => (name ? [name] : [])

async function carryOut<T extends KubeObject>(
  client: Client,
  resource: ResourceRef<T>,
  object: T,
  finalizer: string,
  plan: ProtectionPlan,
): Promise<void> {
  if (plan === 'none') return
  const others = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
  const finalizers = plan === 'protect' ? [...others, finalizer] : others
  try {
    await client.update(resource, { ...object, metadata: { ...object.metadata, finalizers } })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
