import type { KubeObject, OwnerReference } from '../../api/types.ts'
import type { GraphNode } from './graph.ts'

/** On an owner that stays until the dependents that block it are gone. */
const FOREGROUND_FINALIZER = 'foregroundDeletion'
/** On an owner that stays until its dependents have forgotten it. */
export const ORPHAN_FINALIZER = 'orphan'

/**
 * What is known of an owner: `alive`; `waiting`, which is alive but ends once its dependents are
 * gone; `absent`, which the server itself has said; `unseen`, which the caches do not show; or
 * `unknown`, of a kind that nobody here can ask for.
 */
export type OwnerState = 'alive' | 'waiting' | 'absent' | 'unseen' | 'unknown'

export interface OwnerFact {
  readonly reference: OwnerReference
  readonly state: OwnerState
}

export interface GarbageView {
  readonly node: GraphNode
  readonly owners: readonly OwnerFact[]
  readonly dependents: readonly GraphNode[]
}

export type Propagation = 'Background' | 'Foreground' | 'Orphan'

export type GarbagePlan =
  | { readonly action: 'none' }
  /** Dependents forget the owner, then the owner loses its finalizer. */
  | { readonly action: 'orphan'; readonly dependents: readonly GraphNode[] }
  | { readonly action: 'removeFinalizer'; readonly finalizer: string }
  /** Owners that the caches do not show are asked for at the server before anything is deleted. */
  | { readonly action: 'verifyOwners'; readonly references: readonly OwnerReference[] }
  /** `unblocks`: its owners do not wait for it, because something that depends on it is waiting itself. */
  | { readonly action: 'delete'; readonly propagation: Propagation; readonly unblocks?: boolean }
  | { readonly action: 'forgetOwners'; readonly keep: readonly OwnerReference[] }

const NOTHING: GarbagePlan = { action: 'none' }

export const isEnding = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined

const hasFinalizer = (object: KubeObject, finalizer: string): boolean =>
  (object.metadata.finalizers ?? []).includes(finalizer)

/** An owner in foreground deletion: it ends when its blocking dependents have ended. */
export const isWaitingForDependents = (object: KubeObject): boolean =>
  isEnding(object) && hasFinalizer(object, FOREGROUND_FINALIZER)

/** What to do about one object. Pure; an owner counts as gone only if the server has said so. */
export function decideGarbage(view: GarbageView): GarbagePlan {
  const { object } = view.node
  if (isEnding(object) && hasFinalizer(object, ORPHAN_FINALIZER)) {
    return { action: 'orphan', dependents: view.dependents }
  }
  if (isWaitingForDependents(object)) return decideWaitingOwner(view)
  if (isEnding(object) || view.owners.length === 0) return NOTHING
  return decideDependent(view)
}

function decideWaitingOwner({ node, dependents }: GarbageView): GarbagePlan {
  const blocked = dependents.some(({ object }) => blocksOwner(object, node.object.metadata.uid))
  return blocked ? NOTHING : { action: 'removeFinalizer', finalizer: FOREGROUND_FINALIZER }
}

const blocksOwner = (dependent: KubeObject, ownerUid: string): boolean =>
  (dependent.metadata.ownerReferences ?? []).some(
    (reference) => reference.uid === ownerUid && reference.blockOwnerDeletion === true,
  )

function decideDependent(view: GarbageView): GarbagePlan {
  const states = new Set(view.owners.map((owner) => owner.state))
  if (states.has('unseen')) {
    const unseen = view.owners.filter((owner) => owner.state === 'unseen')
    return { action: 'verifyOwners', references: unseen.map((owner) => owner.reference) }
  }
  const keep = view.owners.filter(({ state }) => state === 'alive' || state === 'unknown')
  if (keep.length === view.owners.length) return NOTHING
  if (keep.length > 0) return { action: 'forgetOwners', keep: keep.map((owner) => owner.reference) }
  const waits = states.has('waiting')
  const propagation = propagationOf(view, waits)
  return waits && mayBeCircle(view)
    ? { action: 'delete', propagation, unblocks: true }
    : { action: 'delete', propagation }
}

/** In a circle of owners each would wait for the next for ever. */
const mayBeCircle = ({ dependents }: GarbageView): boolean =>
  dependents.some(({ object }) => isWaitingForDependents(object))

/** A finalizer that is already there says how; an owner that waits makes its dependents' own dependents block too. */
function propagationOf({ node, dependents }: GarbageView, ownerWaits: boolean): Propagation {
  if (ownerWaits && dependents.length > 0) return 'Foreground'
  if (hasFinalizer(node.object, ORPHAN_FINALIZER)) return 'Orphan'
  return hasFinalizer(node.object, FOREGROUND_FINALIZER) ? 'Foreground' : 'Background'
}
