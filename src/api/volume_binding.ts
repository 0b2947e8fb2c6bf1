import { compareQuantities } from './quantity.ts'
import { type Labels, matchesLabels, meets } from './selector_match.ts'
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from './types.ts'

/** On a claim: its binding is complete, so that its volume must never be chosen again. */
export const BIND_COMPLETED_ANNOTATION = 'pv.kubernetes.io/bind-completed'
/** On a claim or a volume: the cluster chose the other side, not the user. */
export const BOUND_BY_CONTROLLER_ANNOTATION = 'pv.kubernetes.io/bound-by-controller'
/** On a claim that waits for a pod: the node that the scheduler found for that pod. */
export const SELECTED_NODE_ANNOTATION = 'volume.kubernetes.io/selected-node'
/** On a claim: who is to make a volume for it; the second is the older spelling. */
export const STORAGE_PROVISIONER_ANNOTATION = 'volume.kubernetes.io/storage-provisioner'
export const BETA_STORAGE_PROVISIONER_ANNOTATION = 'volume.beta.kubernetes.io/storage-provisioner'
/** On a volume: who made it, and so who deletes it. */
export const PROVISIONED_BY_ANNOTATION = 'pv.kubernetes.io/provisioned-by'
/** The provisioner of classes whose volumes are made by hand. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

export const isYes = (annotations: Labels | undefined, name: string): boolean => annotations?.[name] === 'yes'

/** A claim whose volume is final. */
export const isFullyBound = (claim: PersistentVolumeClaim): boolean =>
  !!claim.spec.volumeName && Object.hasOwn(claim.metadata.annotations ?? {}, BIND_COMPLETED_ANNOTATION)

/** Claims of such a class get their volume only when a pod wants them. */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean =>
  storageClass?.volumeBindingMode === 'WaitForFirstConsumer'

/** Whether a volume is reserved for this very claim, or for whatever claim has this name. */
export function isReservedFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec
  if (claimRef === undefined) return false
  const samePlace = claimRef.name === claim.metadata.name && claimRef.namespace === claim.metadata.namespace
  return samePlace && (!claimRef.uid || claimRef.uid === claim.metadata.uid)
}

/** Whether a node may mount a volume. */
export function nodeMayUse(volume: PersistentVolume, node: Node): boolean {
  const required = volume.spec.nodeAffinity?.required
  return required === undefined || required.nodeSelectorTerms.some((term) => nodeMeetsTerm(node, term))
}

type NodeSelectorTerm = NonNullable<
  NonNullable<PersistentVolume['spec']['nodeAffinity']>['required']
>['nodeSelectorTerms'][number]

/** A node selector term; an empty one is met by no node. */
export function nodeMeetsTerm(node: Node, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const fields = { 'metadata.name': node.metadata.name }
  return (
    matchExpressions.every((one) => meets(one, node.metadata.labels ?? {})) &&
    matchFields.every((one) => meets(one, fields))
  )
}

/** What a search for a volume knows besides claim and volumes. */
export interface VolumeSearch {
  /** The node that must be able to use the volume; without one, volumes for a waiting claim are not chosen. */
  readonly node?: Node
  readonly waits: boolean
  /** Names of volumes that are promised to other claims. */
  readonly taken?: ReadonlySet<string>
}

/** The volume for a claim: one that is reserved for it, else the smallest that fits. */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { node, waits, taken }: VolumeSearch,
): PersistentVolume | undefined {
  const open = volumes.filter((volume) => !taken?.has(volume.metadata.name) && isUsable(volume, claim, node))
  const reserved = open.find((volume) => isReservedFor(volume, claim))
  if (reserved !== undefined || (node === undefined && waits)) return reserved
  return open
    .filter((volume) => isOpenFor(volume, claim))
    .reduce<PersistentVolume | undefined>(
      (best, volume) => (best && !isSmaller(volume, best) ? best : volume),
      undefined,
    )
}

/** The cheap questions come first: most volumes of a cluster belong to other claims. */
function isUsable(volume: PersistentVolume, claim: PersistentVolumeClaim, node: Node | undefined): boolean {
  return (
    (volume.spec.claimRef === undefined || isReservedFor(volume, claim)) &&
    volume.metadata.deletionTimestamp === undefined &&
    modeOf(volume) === modeOf(claim) &&
    isLargeEnough(volume, claim) &&
    (node === undefined || nodeMayUse(volume, node))
  )
}

function isOpenFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector } = claim.spec
  return (
    volume.spec.claimRef === undefined &&
    volume.status?.phase === 'Available' &&
    classOf(volume) === classOf(claim) &&
    hasAccessModes(volume, claim) &&
    (selector === undefined || matchesLabels(selector, volume.metadata.labels))
  )
}

/** The class by name; the annotation is its oldest spelling. */
export const classOf = ({ spec, metadata }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''

const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec.volumeMode ?? 'Filesystem'

export const isLargeEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  compareQuantities(volume.spec.capacity?.['storage'], claim.spec.resources?.requests?.['storage']) >= 0

export const hasAccessModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => (volume.spec.accessModes ?? []).includes(mode))

const isSmaller = (a: PersistentVolume, b: PersistentVolume): boolean =>
  compareQuantities(a.spec.capacity?.['storage'], b.spec.capacity?.['storage']) < 0
