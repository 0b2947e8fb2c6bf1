import type { OwnerReference, PersistentVolumeClaim, StatefulSet } from '../../api/types.ts'
import { claimNamesOf } from './claims.ts'
import { controllerReferenceOf, isInRange } from './identity.ts'
import type { ClaimOwners } from './plan.ts'
import type { ClaimLookup } from './view.ts'

/** The pod as far as its claims care; one that is yet to be made has no uid. */
export interface ClaimUser {
  readonly name: string
  readonly uid: string | undefined
  readonly ordinal: number
}

interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string | undefined
}

const asOwner = (set: StatefulSet): Owner => ({ ...controllerReferenceOf(set) })
const podAsOwner = ({ name, uid }: ClaimUser): Owner => ({ apiVersion: 'v1', kind: 'Pod', name, uid })

const deletesWith = (set: StatefulSet, when: 'whenDeleted' | 'whenScaled'): boolean =>
  set.spec.persistentVolumeClaimRetentionPolicy?.[when] === 'Delete'

const refersTo = (reference: OwnerReference, owner: Owner): boolean =>
  reference.kind === owner.kind && reference.name === owner.name && groupOf(reference) === groupOf(owner)

const groupOf = ({ apiVersion }: { readonly apiVersion: string }): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

const ownersOf = (claim: PersistentVolumeClaim): readonly OwnerReference[] => claim.metadata.ownerReferences ?? []

const owns = (claim: PersistentVolumeClaim, owner: Owner): boolean =>
  ownersOf(claim).some(({ uid }) => uid === owner.uid)

/** The reference names us, but an earlier object of our name: the claim is about to be collected. */
const isOwnedByPredecessor = (claim: PersistentVolumeClaim, owner: Owner): boolean =>
  ownersOf(claim).some((reference) => refersTo(reference, owner) && reference.uid !== owner.uid)

function hasOtherController(claim: PersistentVolumeClaim, set: Owner, pod: Owner): boolean {
  return ownersOf(claim).some((reference) => {
    const own = [set, pod].find((owner) => refersTo(reference, owner))
    return own === undefined ? reference.controller === true : reference.uid !== own.uid
  })
}

function lacksControllerFlag(claim: PersistentVolumeClaim, set: Owner, pod: Owner): boolean {
  const own = ownersOf(claim).find(({ uid }) => uid === set.uid || uid === pod.uid)
  return own !== undefined && own.controller !== true
}

/** Who shall own the claims: the set while the pod is wanted, the pod once it is not, or nobody. */
function wantedOwner(set: StatefulSet, user: ClaimUser): 'set' | 'pod' | undefined {
  if (!isInRange(set, user.ordinal) && deletesWith(set, 'whenScaled')) return 'pod'
  return deletesWith(set, 'whenDeleted') ? 'set' : undefined
}

function isUpToDate(claim: PersistentVolumeClaim, set: StatefulSet, user: ClaimUser): boolean {
  const [asSet, asPod] = [asOwner(set), podAsOwner(user)]
  if (isOwnedByPredecessor(claim, asSet) || isOwnedByPredecessor(claim, asPod)) return true
  const owned = { set: owns(claim, asSet), pod: owns(claim, asPod) }
  if (hasOtherController(claim, asSet, asPod)) return !owned.set && !owned.pod
  if (lacksControllerFlag(claim, asSet, asPod)) return false
  const wanted = wantedOwner(set, user)
  return owned.set === (wanted === 'set') && owned.pod === (wanted === 'pod')
}

function wantedReferences(claim: PersistentVolumeClaim, set: StatefulSet, user: ClaimUser): readonly OwnerReference[] {
  const [asSet, asPod] = [asOwner(set), podAsOwner(user)]
  const others = ownersOf(claim).filter((reference) => !refersTo(reference, asSet) && !refersTo(reference, asPod))
  if (hasOtherController(claim, asSet, asPod)) return others
  return [...others, ...newReferences(set, user)]
}

function newReferences(set: StatefulSet, user: ClaimUser): readonly OwnerReference[] {
  const wanted = wantedOwner(set, user)
  if (wanted === undefined) return []
  const { apiVersion, kind, name, uid = '' } = wanted === 'set' ? asOwner(set) : podAsOwner(user)
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }]
}

/** The claims of a pod whose owners differ from what the retention policy wants. */
export function claimsToOwn(set: StatefulSet, user: ClaimUser, claimNamed: ClaimLookup): readonly ClaimOwners[] {
  return claimNamesOf(set, user.ordinal).flatMap((name) => {
    const claim = claimNamed(name)
    if (claim === undefined || isUpToDate(claim, set, user)) return []
    const ownerReferences = wantedReferences(claim, set, user)
    return [{ name, resourceVersion: claim.metadata.resourceVersion, ownerReferences }]
  })
}

/** The same for claims that are made in this reconciliation, which nobody owns yet. */
export function newClaimsToOwn(set: StatefulSet, user: ClaimUser, claimNamed: ClaimLookup): readonly ClaimOwners[] {
  const ownerReferences = newReferences(set, user)
  if (ownerReferences.length === 0) return []
  const missing = claimNamesOf(set, user.ordinal).filter((name) => claimNamed(name) === undefined)
  return missing.map((name) => ({ name, resourceVersion: undefined, ownerReferences }))
}

/**
 * Whether a claim still belongs to a pod that was scaled away: it will be collected, so a new pod of
 * that name must not begin to use it.
 */
export function hasClaimOfPredecessor(set: StatefulSet, user: ClaimUser, claimNamed: ClaimLookup): boolean {
  if (!deletesWith(set, 'whenScaled')) return false
  return claimNamesOf(set, user.ordinal).some((name) => {
    const claim = claimNamed(name)
    return claim !== undefined && isOwnedByPredecessor(claim, podAsOwner(user))
  })
}
