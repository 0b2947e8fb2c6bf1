import { isAlreadyExists, isNotFound } from '../../api/error.ts'
import { CLAIMS } from '../../api/resources.ts'
import type { StatefulSet } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../runtime/events.ts'
import type { ClaimOwners, ClaimWork } from './plan.ts'

interface ClaimPerformer {
  readonly client: Client
  readonly events: EventRecorder
  readonly set: StatefulSet
}

/** Makes the claims that a pod lacks; fails with all that went wrong, and if a claim is in the way. */
export async function makeClaims(performer: ClaimPerformer, podName: string, claims: ClaimWork): Promise<void> {
  const problems: string[] = []
  for (const claim of claims.missing) {
    const name = claim.metadata.name ?? ''
    try {
      await performer.client.create(CLAIMS, claim)
      tellCreated(performer, podName, name)
    } catch (error) {
      problems.push(`failed to create PVC ${name}: ${messageOf(error)}`)
      if (!isAlreadyExists(error)) tellFailed(performer, podName, { name, message: messageOf(error) })
    }
  }
  problems.push(...claims.ending.map((name) => `pvc ${name} is being deleted`))
  if (problems.length > 0) throw new Error(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
}

function tellCreated({ events, set }: ClaimPerformer, podName: string, name: string): void {
  const message = `Create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`
  events.record(set, 'Normal', 'SuccessfulCreate', message)
}

function tellFailed(
  { events, set }: ClaimPerformer,
  podName: string,
  failure: { readonly name: string; readonly message: string },
): void {
  const where = `Create Claim ${failure.name} for Pod ${podName} in StatefulSet ${set.metadata.name}`
  events.record(set, 'Warning', 'FailedCreate', `${where} failed error: ${failure.message}`)
}

/** Gives claims their owners. The version makes sure that the decision was about what is there. */
export async function ownClaims({ client, set }: ClaimPerformer, owners: readonly ClaimOwners[]): Promise<void> {
  for (const { name, resourceVersion, ownerReferences } of owners) {
    const body = { metadata: { ...(resourceVersion === undefined ? {} : { resourceVersion }), ownerReferences } }
    try {
      await client.patch(CLAIMS, { namespace: set.metadata.namespace ?? '', name }, { type: 'merge', body })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
