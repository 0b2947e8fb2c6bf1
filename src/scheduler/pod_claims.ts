import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../api/types.ts'
import { isFullyBound, waitsForConsumer } from '../api/volume_binding.ts'

/** A claim that gets its volume when its pod gets a node. */
export interface WaitingClaim {
  readonly claim: PersistentVolumeClaim
  readonly storageClass: StorageClass
}

/** A claim with the volume that is bound to it; undefined if that is not there. */
export interface BoundClaim {
  readonly claim: PersistentVolumeClaim
  readonly volume: PersistentVolume | undefined
}

/** The claims of a pod, sorted by what the scheduler has to do about them. */
export interface PodClaims {
  readonly bound: readonly BoundClaim[]
  readonly waiting: readonly WaitingClaim[]
  /** Why no node at all will do. */
  readonly obstacle: string | undefined
}

export interface ClaimLookup {
  readonly claim: (name: string) => PersistentVolumeClaim | undefined
  readonly volume: (name: string) => PersistentVolume | undefined
  readonly storageClass: (name: string) => StorageClass | undefined
}

/** The names of the claims that a pod mounts; a generic ephemeral volume has a claim of its own. */
export function claimNamesOf(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName]
    return volume.ephemeral ? [`${pod.metadata.name}-${volume.name}`] : []
  })
}

/** Sorts the claims of a pod. */
export function claimsOf(pod: Pod, lookup: ClaimLookup): PodClaims {
  const bound: BoundClaim[] = []
  const waiting: WaitingClaim[] = []
  let unbound = false
  for (const name of claimNamesOf(pod)) {
    const claim = lookup.claim(name)
    const obstacle = obstacleOf(name, claim)
    if (claim === undefined || obstacle !== undefined) return { bound, waiting, obstacle }
    const storageClass = lookup.storageClass(claim.spec.storageClassName ?? '')
    if (isFullyBound(claim)) bound.push({ claim, volume: lookup.volume(claim.spec.volumeName ?? '') })
    else if (storageClass && waitsForConsumer(storageClass) && !claim.spec.volumeName)
      waiting.push({ claim, storageClass })
    else unbound = true
  }
  return { bound, waiting, obstacle: unbound ? 'pod has unbound immediate PersistentVolumeClaims' : undefined }
}

function obstacleOf(name: string, claim: PersistentVolumeClaim | undefined): string | undefined {
  if (claim === undefined) return `persistentvolumeclaim ${JSON.stringify(name)} not found`
  if (claim.status?.phase === 'Lost') {
    const volume = JSON.stringify(claim.spec.volumeName ?? '')
    return `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${volume}`
  }
  return claim.metadata.deletionTimestamp === undefined
    ? undefined
    : `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`
}
