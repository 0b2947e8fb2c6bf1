import { isAlreadyExists, isNotFound } from '../../api/error.ts'
import { PODS } from '../../api/resources.ts'
import type { Pod } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { makeClaims, ownClaims } from './claim_control.ts'
import type { Performer } from './perform.ts'
import type { Action } from './plan.ts'

type Creation = Extract<Action, { do: 'create-pod' }>
type Repair = Extract<Action, { do: 'repair-pod' }>
type PodVerb = 'Create' | 'Update' | 'Delete'

/** Claims, pod, owners of the claims. A name that is taken is no event: only a retry. */
export async function createPod(performer: Performer, { pod, claims, owners }: Creation): Promise<void> {
  const name = pod.metadata.name ?? ''
  try {
    await makeClaims(performer, name, claims)
    await performer.client.create(PODS, pod)
    await ownClaims(performer, owners)
  } catch (error) {
    if (!isAlreadyExists(error)) tell(performer, 'Create', name, error)
    throw error
  }
  tell(performer, 'Create', name)
}

export async function repairPod(performer: Performer, { pod, labels, volumes, claims, owners }: Repair): Promise<void> {
  const { name, namespace = '', uid } = pod.metadata
  const metadata = { uid, ...(labels === undefined ? {} : { labels }) }
  const body = { metadata, ...(volumes === undefined ? {} : { spec: { volumes } }) }
  try {
    await makeClaims(performer, name, claims)
    await ownClaims(performer, owners)
    await performer.client.patch(PODS, { namespace, name }, { type: 'merge', body })
  } catch (error) {
    tell(performer, 'Update', name, error)
    throw error
  }
  tell(performer, 'Update', name)
}

/** A plain deletion: the pod's own grace period, no disruption budget; only this very pod. */
export async function deletePod(performer: Performer, pod: Pod): Promise<void> {
  const { name, namespace = '', uid } = pod.metadata
  try {
    await performer.client.delete(PODS, { namespace, name }, { uid })
  } catch (error) {
    if (isNotFound(error)) return
    tell(performer, 'Delete', name, error)
    throw error
  }
  tell(performer, 'Delete', name)
}

function tell({ events, set }: Performer, verb: PodVerb, podName: string, error?: unknown): void {
  const subject = `${verb} Pod ${podName} in StatefulSet ${set.metadata.name}`
  if (error === undefined) events.record(set, 'Normal', `Successful${verb}`, `${subject} successful`)
  else events.record(set, 'Warning', `Failed${verb}`, `${subject} failed error: ${messageOf(error)}`)
}
