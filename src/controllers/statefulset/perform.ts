import { isNotFound } from '../../api/error.ts'
import { keyOf, type ResourceRef } from '../../api/resource.ts'
import { CONTROLLER_REVISIONS, PODS, STATEFUL_SETS } from '../../api/resources.ts'
import type { KubeObject, StatefulSet } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { refOf, uidOf, unless } from '../runtime/calls.ts'
import type { EventRecorder } from '../runtime/events.ts'
import { letGo, takeOver } from '../runtime/workload/take_over.ts'
import { makeClaims, ownClaims } from './claim_control.ts'
import { controllerReferenceOf } from './identity.ts'
import type { Action } from './plan.ts'
import { createPod, deletePod, repairPod } from './pod_control.ts'

/** What every action is done with. */
export interface Performer {
  readonly client: Client
  readonly events: EventRecorder
  readonly set: StatefulSet
  /** Fails unless the server itself says that the set is still there and stays. */
  readonly confirmSet: () => Promise<void>
}

/** Does one action. What is so already counts as done. */
export async function perform(performer: Performer, action: Action): Promise<void> {
  const { client } = performer
  switch (action.do) {
    case 'adopt-revision':
      return adopt(performer, CONTROLLER_REVISIONS, action.revision)
    case 'adopt-pod':
      return adopt(performer, PODS, action.pod)
    case 'release-pod':
      return letGo(client, performer.set, PODS, action.pod)
    case 'create-revision':
      await client.create(CONTROLLER_REVISIONS, action.revision)
      return
    case 'renumber-revision':
      await client.update(CONTROLLER_REVISIONS, { ...action.revision, revision: action.number })
      return
    case 'delete-revision':
      return unless(isNotFound, client.delete(CONTROLLER_REVISIONS, refOf(action.revision), uidOf(action.revision)))
    case 'create-pod':
      return createPod(performer, action)
    case 'create-claims':
      await makeClaims(performer, action.pod.metadata.name, action.claims)
      return ownClaims(performer, action.owners)
    case 'repair-pod':
      return repairPod(performer, action)
    case 'own-claims':
      return ownClaims(performer, action.owners)
    case 'delete-pod':
      return deletePod(performer, action.pod)
  }
}

/** A fresh read of the set, once in a reconciliation: a cache may still show a set that has gone. */
export function confirmOnce(client: Client, set: StatefulSet): () => Promise<void> {
  let confirmed: Promise<void> | undefined
  return () => {
    confirmed ??= client.get(STATEFUL_SETS, refOf(set)).then(({ metadata }) => {
      if (metadata.uid !== set.metadata.uid) throw new Error(`original StatefulSet ${keyOf(set)} is gone`)
      if (metadata.deletionTimestamp !== undefined) throw new Error(`${keyOf(set)} has just been deleted`)
    })
    return confirmed
  }
}

async function adopt<T extends KubeObject>(performer: Performer, resource: ResourceRef<T>, object: T): Promise<void> {
  await performer.confirmSet()
  await takeOver(performer.client, controllerReferenceOf(performer.set), resource, object)
}
