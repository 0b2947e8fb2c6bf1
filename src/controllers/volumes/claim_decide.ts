import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts'
import {
  BIND_COMPLETED_ANNOTATION,
  classOf,
  findVolume,
  hasAccessModes,
  isLargeEnough,
  isReservedFor,
  NO_PROVISIONER,
  SELECTED_NODE_ANNOTATION,
  waitsForConsumer,
} from '../../api/volume_binding.ts'
import { DEFAULT_CLASS_ANNOTATION, LOCAL_PROVISIONER, SERVED_BY_ANNOTATION } from './names.ts'
import { type StandInRules, serverOf, standInMessage } from './stand_in.ts'

export interface ClaimView {
  readonly claim: PersistentVolumeClaim
  /** The volume that the claim names. */
  readonly volume: PersistentVolume | undefined
  /** Volumes of its class, and those reserved for it. */
  readonly candidates: readonly PersistentVolume[]
  readonly storageClass: StorageClass | undefined
  readonly defaultClass: StorageClass | undefined
  /** Whether the built-in provisioner may serve the class if it is another's. */
  readonly standIn: StandInRules
}

/** What users are told about a claim. */
export interface ClaimEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type ClaimPlan =
  | { readonly action: 'none' }
  /** Nothing can be done yet; say why. */
  | {
      readonly action: 'wait'
      readonly event: ClaimEvent | undefined
      readonly provisioner?: string
      /** Told besides: what a user of this cluster can do about it. */
      readonly hint?: ClaimEvent
    }
  | { readonly action: 'bind'; readonly volume: PersistentVolume }
  /** The built-in provisioner makes a volume; the event says so if the class names another. */
  | { readonly action: 'provision'; readonly storageClass: StorageClass; readonly event: ClaimEvent | undefined }
  | { readonly action: 'useDefaultClass'; readonly storageClass: StorageClass }
  | { readonly action: 'lose'; readonly event: ClaimEvent }

const WAIT: ClaimPlan = { action: 'wait', event: undefined }
const warning = (reason: string, message: string): ClaimEvent => ({ type: 'Warning', reason, message })
const normal = (reason: string, message: string): ClaimEvent => ({ type: 'Normal', reason, message })

/** What to do about a claim: Kubernetes' binder, in its order. Pure. */
export function decideClaim(view: ClaimView): ClaimPlan {
  const { claim } = view
  if (claim.status?.phase === 'Lost') return { action: 'none' }
  if (Object.hasOwn(claim.metadata.annotations ?? {}, BIND_COMPLETED_ANNOTATION)) return decideBound(view)
  if (claim.metadata.deletionTimestamp !== undefined) return { action: 'none' }
  return claim.spec.volumeName ? decideNamed(view) : decideOpen(view)
}

/** A binding is for good: what it has lost is not replaced. */
function decideBound({ claim, volume }: ClaimView): ClaimPlan {
  if (!claim.spec.volumeName)
    return lose('Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  if (volume === undefined) return lose('Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  const { claimRef } = volume.spec
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return { action: 'bind', volume }
  const message = 'Two claims are bound to the same volume, this one is bound incorrectly'
  return { action: 'lose', event: warning('ClaimMisbound', message) }
}

const lose = (message: string): ClaimPlan => ({ action: 'lose', event: warning('ClaimLost', message) })

/** The user chose the volume. */
function decideNamed({ claim, volume }: ClaimView): ClaimPlan {
  if (volume === undefined) return WAIT
  if (volume.spec.claimRef !== undefined) return isReservedFor(volume, claim) ? { action: 'bind', volume } : WAIT
  const fault = mismatch(volume, claim)
  if (fault === undefined) return { action: 'bind', volume }
  const name = JSON.stringify(volume.metadata.name)
  return { action: 'wait', event: warning('VolumeMismatch', `Cannot bind to requested volume ${name}: ${fault}`) }
}

function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return 'the volume is marked for deletion'
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small'
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match'
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode'
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode'
}

function decideOpen(view: ClaimView): ClaimPlan {
  const { claim, candidates, storageClass, defaultClass } = view
  const usesDefault = claim.spec.storageClassName === undefined && defaultClass !== undefined
  if (usesDefault && classOf(claim) === '') return { action: 'useDefaultClass', storageClass: defaultClass }
  const chosen = claim.metadata.annotations?.[SELECTED_NODE_ANNOTATION] !== undefined
  const waits = waitsForConsumer(storageClass) && !chosen
  const volume = findVolume(claim, candidates, { waits })
  if (volume !== undefined) return { action: 'bind', volume }
  if (waits) {
    const message = 'waiting for first consumer to be created before binding'
    return { action: 'wait', event: normal('WaitForFirstConsumer', message) }
  }
  return decideProvisioning(view)
}

function decideProvisioning({ claim, storageClass, standIn }: ClaimView): ClaimPlan {
  const name = classOf(claim)
  if (name === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return { action: 'wait', event: normal('FailedBinding', message) }
  }
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`
    return { action: 'wait', event: warning('ProvisioningFailed', message) }
  }
  const { provisioner } = storageClass
  if (provisioner === NO_PROVISIONER) {
    return { action: 'wait', event: warning('ProvisioningFailed', `no volume plugin matched name: ${provisioner}`) }
  }
  const server = serverOf(storageClass, standIn)
  return server === 'others'
    ? waitForProvisioner(storageClass, standIn)
    : decideLocal(claim, storageClass, server === 'stand-in')
}

function decideLocal(claim: PersistentVolumeClaim, storageClass: StorageClass, standsIn: boolean): ClaimPlan {
  const isBlock = claim.spec.volumeMode === 'Block'
  const fault = isBlock
    ? warning('ProvisioningFailed', `${LOCAL_PROVISIONER} makes volumes of mode Filesystem only, not Block`)
    : claim.spec.selector && warning('ProvisioningFailed', 'claim.Spec.Selector is not supported')
  if (fault !== undefined) return { action: 'wait', event: fault }
  const event = standsIn ? normal('ProvisionerSubstituted', standInMessage(storageClass)) : undefined
  return { action: 'provision', storageClass, event }
}

function waitForProvisioner({ metadata, provisioner }: StorageClass, standIn: StandInRules): ClaimPlan {
  const name = JSON.stringify(provisioner).replaceAll('"', "'")
  const message = `Waiting for a volume to be created either by the external provisioner ${name} or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  const plan: ClaimPlan = { action: 'wait', event: normal('ExternalProvisioning', message), provisioner }
  const isDecided = metadata.annotations?.[SERVED_BY_ANNOTATION] !== undefined
  if (!standIn.allowed || standIn.hasDriver || isDecided) return plan
  const advice = `storageclass ${JSON.stringify(metadata.name)}: there is no CSIDriver ${JSON.stringify(provisioner)} in this cluster; with the annotation ${SERVED_BY_ANNOTATION}=local on the class, ${LOCAL_PROVISIONER} makes its volumes`
  return { ...plan, hint: warning('ProvisionerUnknown', advice) }
}

/** The default class: of several, the youngest. */
export function defaultClassOf(classes: readonly StorageClass[]): StorageClass | undefined {
  const defaults = classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS_ANNOTATION] === 'true')
  return defaults.sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0]
}
