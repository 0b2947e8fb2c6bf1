import { isNotFound } from '../../api/error.ts'
import { keyOf, type ObjectRef } from '../../api/resource.ts'
import { CLAIMS, VOLUMES } from '../../api/resources.ts'
import type { PersistentVolume } from '../../api/types.ts'
import { BOUND_BY_CONTROLLER_ANNOTATION } from '../../api/volume_binding.ts'
import { messageOf } from '../../base/log.ts'
import type { Client, ReadClient } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, type Outcome, watchRule } from '../runtime/controller.ts'
import { PROVISIONER_FINALIZER } from './names.ts'
import type { VolumeStore } from './store.ts'
import { decideVolume, isDeletedAfterUse, type VolumePlan, type VolumeView } from './volume_decide.ts'

const BY_RESERVATION = 'volumes/by-reservation'

/** Keeps the phase of volumes, and reclaims those of the built-in provisioner whose claim is gone. Keys are volumes. */
export function createVolumeController(
  deps: ControllerDeps,
  options: { readonly store: VolumeStore },
): Controller<VolumeView, VolumePlan> {
  const volumes = deps.informers.of(VOLUMES)
  const claims = deps.informers.of(CLAIMS)
  volumes.addIndex(BY_RESERVATION, (volume) => {
    const place = reservationOf(volume)
    return place === undefined ? [] : [keyOf({ metadata: place })]
  })
  return {
    name: 'persistent-volume',
    watches: [
      watchRule(VOLUMES, (change) => (change.current === undefined ? [] : [change.key])),
      watchRule(CLAIMS, (change) => volumes.byIndex(BY_RESERVATION, change.key).map(keyOf)),
    ],
    view(key) {
      const volume = volumes.get(key)
      if (volume === undefined) return undefined
      const place = reservationOf(volume)
      return { volume, claim: place && claims.get(keyOf({ metadata: place })) }
    },
    decide: decideVolume,
    apply: (plan, { volume }, client) => act({ client, store: options.store, deps }, plan, volume),
  }
}

function reservationOf({ spec }: PersistentVolume): ObjectRef | undefined {
  return spec.claimRef && { namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name ?? '' }
}

interface Hands {
  readonly client: Client
  readonly store: VolumeStore
  readonly deps: ControllerDeps
}

async function act(hands: Hands, plan: VolumePlan, volume: PersistentVolume): Promise<Outcome> {
  const { client } = hands
  switch (plan.action) {
    case 'none':
      break
    case 'setPhase':
      await setPhase(client, volume, plan.phase)
      break
    case 'unbind':
      await client.update(VOLUMES, unbound(volume, plan.keepName))
      break
    case 'release':
      if (await isClaimGone(client, volume)) await setPhase(client, volume, 'Released')
      break
    case 'fail':
      await fail(hands, volume, plan)
      break
    case 'reclaim':
      await reclaim(hands, volume)
  }
  return done
}

async function setPhase(client: Client, volume: PersistentVolume, phase: string): Promise<void> {
  const { message: _lastFault, ...status } = volume.status ?? {}
  await client.updateStatus(VOLUMES, { ...volume, status: { ...status, phase } })
}

async function fail(
  { client, deps }: Hands,
  volume: PersistentVolume,
  { reason, message }: { readonly reason: string; readonly message: string },
): Promise<void> {
  await client.updateStatus(VOLUMES, { ...volume, status: { ...volume.status, phase: 'Failed', message } })
  deps.events.record(volume, 'Warning', reason, message)
}

/** Asks the server, not a cache: data is let go of on the answer. A claim that has another volume counts as gone. */
async function isClaimGone(client: ReadClient, volume: PersistentVolume): Promise<boolean> {
  const place = reservationOf(volume)
  if (place === undefined) return true
  try {
    const { metadata, spec } = await client.get(CLAIMS, place)
    const hasAnother = !!spec.volumeName && spec.volumeName !== volume.metadata.name
    return metadata.uid !== volume.spec.claimRef?.uid || hasAnother
  } catch (error) {
    if (isNotFound(error)) return true
    throw error
  }
}

/** The directory goes first; the finalizer keeps the object until it has gone. A volume to be retained loses only the object. */
async function reclaim({ client, store, deps }: Hands, volume: PersistentVolume): Promise<void> {
  if (!(await isClaimGone(client, volume))) return
  const { name, uid } = volume.metadata
  try {
    if (isDeletedAfterUse(volume)) await store.delete(name)
  } catch (error) {
    deps.events.record(volume, 'Warning', 'VolumeFailedDelete', messageOf(error))
    throw error
  }
  try {
    if (volume.metadata.deletionTimestamp === undefined) await client.delete(VOLUMES, { namespace: '', name }, { uid })
    await removeFinalizer(client, volume)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

async function removeFinalizer(client: Client, { metadata }: PersistentVolume): Promise<void> {
  const { name, uid, finalizers = [] } = metadata
  if (!finalizers.includes(PROVISIONER_FINALIZER)) return
  const current = await client.get(VOLUMES, { namespace: '', name })
  if (current.metadata.uid !== uid) return
  const left = (current.metadata.finalizers ?? []).filter((finalizer) => finalizer !== PROVISIONER_FINALIZER)
  await client.update(VOLUMES, { ...current, metadata: { ...current.metadata, finalizers: left } })
}

function unbound(volume: PersistentVolume, keepName: boolean): PersistentVolume {
  const { claimRef, ...spec } = volume.spec
  if (keepName && claimRef !== undefined) {
    const { uid: _uid, resourceVersion: _version, ...place } = claimRef
    return { ...volume, spec: { ...spec, claimRef: place } }
  }
  const { [BOUND_BY_CONTROLLER_ANNOTATION]: _mark, ...annotations } = volume.metadata.annotations ?? {}
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec }
}
