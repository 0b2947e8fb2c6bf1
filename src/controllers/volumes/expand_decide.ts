import { compareQuantities } from '../../api/quantity.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts'
import { isFullyBound } from '../../api/volume_binding.ts'
import type { ClaimEvent } from './claim_decide.ts'
import { isMadeHere } from './volume_decide.ts'

export interface ExpandView {
  readonly claim: PersistentVolumeClaim
  /** The volume that the claim names. */
  readonly volume: PersistentVolume | undefined
}

export type ExpandPlan =
  | { readonly action: 'none' }
  /** Somebody else's volume: whoever made it has to let it grow. */
  | { readonly action: 'leaveToOthers'; readonly event: ClaimEvent }
  | { readonly action: 'expand'; readonly volume: PersistentVolume; readonly size: string }

const NOTHING: ExpandPlan = { action: 'none' }

/**
 * Whether a claim asks for more than it has. Whether it may was decided when it asked: the server
 * refuses to enlarge a claim whose class does not allow it, and to shrink any. Pure.
 */
export function decideExpansion({ claim, volume }: ExpandView): ExpandPlan {
  const size = claim.spec.resources?.requests?.['storage']
  if (volume === undefined || size === undefined || !isSettled(claim, volume)) return NOTHING
  if (compareQuantities(size, claim.status?.capacity?.['storage']) <= 0) return NOTHING
  if (isMadeHere(volume)) return { action: 'expand', volume, size }
  const message =
    "Ignoring the PVC: didn't find a plugin capable of expanding the volume; waiting for an external controller to process this PVC."
  return { action: 'leaveToOthers', event: { type: 'Normal', reason: 'ExternalExpanding', message } }
}

/** Claim and volume are each other's, and say so: before that, the binder writes the capacity. */
const isSettled = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  isFullyBound(claim) &&
  claim.status?.phase === 'Bound' &&
  claim.metadata.deletionTimestamp === undefined &&
  volume.metadata.deletionTimestamp === undefined &&
  volume.spec.claimRef?.uid === claim.metadata.uid
