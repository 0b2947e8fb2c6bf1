import { unreachable } from '../../../base/assert.ts'
import { POD_INDEX_LABEL, REVISION_LABEL } from '../labels.ts'
import type { Action, ClaimOwners, ClaimWork, Plan } from '../plan.ts'

/** A plan in lines, one for each thing to do: for logs, tests and people. */
export function describePlan(plan: Plan): readonly string[] {
  const phases = plan.phases.flatMap(({ burst, actions }) =>
    actions.map((action) => `${burst ? 'together: ' : ''}${describeAction(action)}`),
  )
  return [
    ...plan.prepare.map(describeAction),
    ...phases,
    ...(plan.status === undefined ? [] : [`write status ${describeStatus(plan.status)}`]),
    ...plan.cleanUp.map(describeAction),
    ...(plan.wakeAfterMs === undefined ? [] : [`look again in ${plan.wakeAfterMs} ms`]),
  ]
}

/** One action in a line. */
export function describeAction(action: Action): string {
  switch (action.do) {
    case 'adopt-revision':
    case 'delete-revision':
      return `${action.do} ${action.revision.metadata.name}`
    case 'create-revision':
      return `create-revision ${action.revision.metadata.name} as number ${action.revision.revision}`
    case 'renumber-revision':
      return `renumber-revision ${action.revision.metadata.name} to ${action.number}`
    case 'adopt-pod':
    case 'release-pod':
      return `${action.do} ${action.pod.metadata.name}`
    case 'delete-pod':
      return `delete-pod ${action.pod.metadata.name} (${action.why})`
    case 'create-pod': {
      const revision = action.pod.metadata.labels?.[REVISION_LABEL]
      return `create-pod ${action.pod.metadata.name} from ${revision}${describeClaims(action)}`
    }
    case 'create-claims':
    case 'own-claims':
      return `${action.do} of ${action.pod.metadata.name}${describeClaims(action)}`
    case 'repair-pod': {
      const identity = action.labels === undefined ? '' : `, ordinal ${action.labels[POD_INDEX_LABEL]}`
      const volumes = action.volumes === undefined ? '' : ', volumes'
      return `repair-pod ${action.pod.metadata.name}${identity}${volumes}${describeClaims(action)}`
    }
    default:
      return unreachable(action)
  }
}

function describeClaims(work: { readonly claims?: ClaimWork; readonly owners: readonly ClaimOwners[] }): string {
  const { missing = [], ending = [] } = work.claims ?? {}
  const made = missing.map(({ metadata }) => `, new claim ${metadata.name}`)
  const blocked = ending.map((name) => `, claim ${name} is being deleted`)
  const owned = work.owners.map(({ name, ownerReferences }) => {
    const owners = ownerReferences.map((owner) => `${owner.kind} ${owner.name}`).join(' and ') || 'nobody'
    return `, claim ${name} belongs to ${owners}`
  })
  return [...made, ...blocked, ...owned].join('')
}

function describeStatus(status: NonNullable<Plan['status']>): string {
  const { replicas, readyReplicas = 0, availableReplicas = 0, currentReplicas = 0, updatedReplicas = 0 } = status
  const counts = `${replicas} pods, ${readyReplicas} ready, ${availableReplicas} available`
  const revisions = `${currentReplicas} current ${status.currentRevision}, ${updatedReplicas} updated ${status.updateRevision}`
  return `${counts}, ${revisions}`
}
