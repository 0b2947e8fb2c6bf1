import { keyOf, type ObjectKey } from '../../api/resource.ts'
import { CLAIMS, STORAGE_CLASSES, VOLUMES } from '../../api/resources.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts'
import {
  BETA_STORAGE_PROVISIONER_ANNOTATION,
  classOf,
  isFullyBound,
  STORAGE_PROVISIONER_ANNOTATION,
} from '../../api/volume_binding.ts'
import type { Client } from '../../client/client.ts'
import type { CacheChange } from '../../client/informer.ts'
import { type Controller, type ControllerDeps, done, type Outcome, watchRule } from '../runtime/controller.ts'
import { bind } from './bind.ts'
import { type ClaimEvent, type ClaimPlan, type ClaimView, decideClaim, defaultClassOf } from './claim_decide.ts'
import { provision } from './provision.ts'
import { CSI_DRIVERS } from './stand_in.ts'
import type { VolumeStore } from './store.ts'

const OPEN_BY_CLASS = 'volumes/open-claims-by-class'
const BY_CLASS = 'volumes/by-class'
const BY_CLAIM = 'volumes/by-claim'
const BY_VOLUME = 'volumes/claims-by-volume'

/** Binds claims to volumes and has volumes made for those that find none. Keys are claims. */
export function createClaimController(
  deps: ControllerDeps,
  options: { readonly store: VolumeStore; readonly standsIn: boolean },
): Controller<ClaimView, ClaimPlan> {
  const { informers } = deps
  const claims = informers.of(CLAIMS)
  const volumes = informers.of(VOLUMES)
  const classes = informers.of(STORAGE_CLASSES)
  const drivers = informers.of(CSI_DRIVERS)
  const told = createMemory(deps)
  claims.addIndex(OPEN_BY_CLASS, (claim) => (isFullyBound(claim) ? [] : [classOf(claim)]))
  claims.addIndex(BY_VOLUME, ({ spec }) => (spec.volumeName ? [spec.volumeName] : []))
  volumes.addIndex(BY_CLASS, (volume) => (volume.spec.claimRef === undefined ? [classOf(volume)] : []))
  volumes.addIndex(BY_CLAIM, claimKeysOf)
  const openClaims = (className: string) => claims.byIndex(OPEN_BY_CLASS, className).map(keyOf)
  return {
    name: 'persistent-volume-claim-binder',
    watches: [
      watchRule(CLAIMS, (change) => {
        if (change.current === undefined) told.forget(change.previous)
        return [change.key]
      }),
      watchRule(VOLUMES, (change) =>
        concernedClaims(change, openClaims, (name) => claims.byIndex(BY_VOLUME, name).map(keyOf)),
      ),
      watchRule(STORAGE_CLASSES, ({ key }) => [...openClaims(key), ...openClaims('')]),
      watchRule(CSI_DRIVERS, ({ key }) =>
        [...classes.list()].filter(({ provisioner }) => provisioner === key).flatMap((one) => openClaims(keyOf(one))),
      ),
    ],
    view(key) {
      const claim = claims.get(key)
      if (claim === undefined) return undefined
      const candidates = [...volumes.byIndex(BY_CLAIM, key), ...volumes.byIndex(BY_CLASS, classOf(claim))]
      const storageClass = classes.get(classOf(claim))
      const hasDriver = storageClass !== undefined && drivers.get(storageClass.provisioner) !== undefined
      return {
        claim,
        candidates,
        volume: claim.spec.volumeName ? volumes.get(claim.spec.volumeName) : undefined,
        storageClass,
        defaultClass: defaultClassOf([...classes.list()]),
        standIn: { allowed: options.standsIn, hasDriver },
      }
    },
    decide: decideClaim,
    apply: (plan, view, client) => act({ client, store: options.store, deps, told }, plan, view.claim),
  }
}

const claimKeysOf = ({ spec }: PersistentVolume): readonly ObjectKey[] =>
  spec.claimRef === undefined
    ? []
    : [keyOf({ metadata: { namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name ?? '' } })]

/** The claim that a volume is for, those that name it, and, if it is open to anybody, all that still look for one of its class. */
function concernedClaims(
  { key, previous, current }: CacheChange<PersistentVolume>,
  openClaims: (className: string) => readonly ObjectKey[],
  naming: (volumeName: string) => readonly ObjectKey[],
): readonly ObjectKey[] {
  const reserved = [previous, current].flatMap((volume) => (volume === undefined ? [] : claimKeysOf(volume)))
  const isOpen = current !== undefined && current.spec.claimRef === undefined
  const named = previous === undefined || current === undefined ? naming(key) : []
  return [...new Set([...reserved, ...named, ...(isOpen ? openClaims(classOf(current)) : [])])]
}

interface Hands {
  readonly client: Client
  readonly store: VolumeStore
  readonly deps: ControllerDeps
  readonly told: Memory
}

async function act(hands: Hands, plan: ClaimPlan, claim: PersistentVolumeClaim): Promise<Outcome> {
  const { client, store, deps, told } = hands
  switch (plan.action) {
    case 'none':
      break
    case 'bind':
      await bind(client, claim, plan.volume)
      break
    case 'provision':
      if (plan.event !== undefined) told.tell(claim, plan.event)
      await provision({ client, store, events: deps.events }, claim, plan.storageClass)
      break
    case 'useDefaultClass':
      await setClass(client, claim, plan.storageClass)
      break
    case 'wait':
      if (plan.provisioner !== undefined) await callProvisioner(client, claim, plan.provisioner)
      if (plan.event !== undefined) told.tell(claim, plan.event, plan.hint)
      break
    case 'lose':
      await client.updateStatus(CLAIMS, { ...claim, status: { phase: 'Lost' } })
      told.tell(claim, plan.event)
  }
  return done
}

async function setClass(client: Client, claim: PersistentVolumeClaim, { metadata }: StorageClass): Promise<void> {
  await client.update(CLAIMS, { ...claim, spec: { ...claim.spec, storageClassName: metadata.name } })
}

/** Provisioners outside look for claims that name them. */
async function callProvisioner(client: Client, claim: PersistentVolumeClaim, provisioner: string): Promise<void> {
  const old = claim.metadata.annotations ?? {}
  if (old[STORAGE_PROVISIONER_ANNOTATION] === provisioner) return
  const annotations = {
    ...old,
    [STORAGE_PROVISIONER_ANNOTATION]: provisioner,
    [BETA_STORAGE_PROVISIONER_ANNOTATION]: provisioner,
  }
  await client.update(CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } })
}

/** What users were told last about each claim: nobody wants to read the same twice. */
interface Memory {
  tell(claim: PersistentVolumeClaim, event: ClaimEvent, hint?: ClaimEvent): void
  forget(claim: PersistentVolumeClaim | undefined): void
}

function createMemory({ events }: ControllerDeps): Memory {
  const last = new Map<string, string>()
  return {
    tell(claim, event, hint) {
      if (last.get(claim.metadata.uid) === event.message) return
      last.set(claim.metadata.uid, event.message)
      for (const { type, reason, message } of hint === undefined ? [event] : [event, hint]) {
        events.record(claim, type, reason, message)
      }
    },
    forget(claim) {
      if (claim !== undefined) last.delete(claim.metadata.uid)
    },
  }
}
