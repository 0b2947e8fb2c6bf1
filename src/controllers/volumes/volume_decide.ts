import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts'
import { BOUND_BY_CONTROLLER_ANNOTATION, isYes, PROVISIONED_BY_ANNOTATION } from '../../api/volume_binding.ts'
import { LOCAL_PROVISIONER } from './names.ts'

export interface VolumeView {
  readonly volume: PersistentVolume
  /** What stands in the cache under the name that the volume is reserved for. */
  readonly claim: PersistentVolumeClaim | undefined
}

export type VolumePlan =
  | { readonly action: 'none' }
  | { readonly action: 'setPhase'; readonly phase: 'Available' | 'Bound' }
  /** The claim is gone: say so, once the server has confirmed it. */
  | { readonly action: 'release' }
  /** Free what lies below and delete the volume, once the server has confirmed that the claim is gone. */
  | { readonly action: 'reclaim' }
  /** Nobody here may do what the volume's policy asks for. */
  | { readonly action: 'fail'; readonly reason: string; readonly message: string }
  /** The reservation came to nothing: give it up, or only the uid in it if a user had made it. */
  | { readonly action: 'unbind'; readonly keepName: boolean }

const NOTHING: VolumePlan = { action: 'none' }

/** What to do about a volume. Pure. */
export function decideVolume({ volume, claim }: VolumeView): VolumePlan {
  const { claimRef } = volume.spec
  if (claimRef === undefined || !claimRef.uid) return phase(volume, 'Available')
  if (claim === undefined || claim.metadata.uid !== claimRef.uid) return decideWithoutClaim(volume)
  if (claim.spec.volumeName === volume.metadata.name) return phase(volume, 'Bound')
  // The claim has not got to naming it yet, or never will because it has another.
  if (!claim.spec.volumeName) return NOTHING
  if (isMadeHere(volume) && isDeletedAfterUse(volume)) return { action: 'reclaim' }
  return { action: 'unbind', keepName: !isYes(volume.metadata.annotations, BOUND_BY_CONTROLLER_ANNOTATION) }
}

const phase = (volume: PersistentVolume, wanted: 'Available' | 'Bound'): VolumePlan =>
  volume.status?.phase === wanted ? NOTHING : { action: 'setPhase', phase: wanted }

function decideWithoutClaim(volume: PersistentVolume): VolumePlan {
  const current = volume.status?.phase
  if (current !== 'Released' && current !== 'Failed') return { action: 'release' }
  if (isMadeHere(volume)) return isDeletedAfterUse(volume) || isEnding(volume) ? { action: 'reclaim' } : NOTHING
  return current === 'Failed' ? NOTHING : decideHandMade(volume)
}

/** A user's own directory is neither emptied nor deleted here, whatever the volume's policy says. */
function decideHandMade({ spec }: PersistentVolume): VolumePlan {
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    return { action: 'fail', reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' }
  }
  const path = spec.hostPath?.path ?? spec.local?.path
  if (spec.persistentVolumeReclaimPolicy !== 'Delete' || path === undefined) return NOTHING
  const message = `the directory ${path} was not made here, so it is not deleted: remove it and the volume by hand`
  return { action: 'fail', reason: 'VolumeFailedDelete', message }
}

/** Whether the built-in provisioner made it: nobody else's volume is ever deleted here. */
export const isMadeHere = ({ metadata }: PersistentVolume): boolean =>
  metadata.annotations?.[PROVISIONED_BY_ANNOTATION] === LOCAL_PROVISIONER

export const isDeletedAfterUse = ({ spec }: PersistentVolume): boolean =>
  spec.persistentVolumeReclaimPolicy === 'Delete'

const isEnding = ({ metadata }: PersistentVolume): boolean => metadata.deletionTimestamp !== undefined
