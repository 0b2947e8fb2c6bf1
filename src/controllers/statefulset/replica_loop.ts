import { isPodEnding, isPodFinished } from '../../api/pod_state.ts'
import type { Pod, StatefulSet } from '../../api/types.ts'
import { type ClaimUser, claimsToOwn, hasClaimOfPredecessor, newClaimsToOwn } from './claim_retention.ts'
import { claimWork, isNoWork } from './claims.ts'
import { identityLabels, identityMatches, ordinalOf, podNameOf, storageMatches } from './identity.ts'
import { newPod, podVolumes } from './new_pod.ts'
import type { Action } from './plan.ts'
import { type Availability, isPending, isRunningAndAvailable } from './pod_health.ts'
import type { Slot } from './replicas.ts'
import type { ClaimLookup } from './view.ts'

/** What the decisions about single pods share. */
export interface LoopContext {
  readonly set: StatefulSet
  readonly availability: Availability
  readonly claimNamed: ClaimLookup
}

/** What to do about one pod, and whether an ordered set has to wait before it goes on to the next. */
interface Step {
  readonly actions: readonly Action[]
  readonly wait: boolean
}

/** The actions of one walk over pods, and whether it came to the end. */
export interface Walk {
  readonly actions: readonly Action[]
  readonly finished: boolean
}

/**
 * Walks over pods, in order or all at once: the two pod management policies differ in nothing but
 * that an ordered set stops where it has to wait.
 */
export function walk<T>(items: readonly T[], ordered: boolean, stepOf: (item: T) => Step): Walk {
  const actions: Action[] = []
  for (const item of items) {
    const step = stepOf(item)
    actions.push(...step.actions)
    if (step.wait && ordered) return { actions, finished: false }
  }
  return { actions, finished: true }
}

/** What one wanted ordinal needs next: a new pod, a claim, a repair, patience or nothing. */
export function replicaStep(context: LoopContext, slot: Slot): Step {
  const { pod } = slot
  if (pod === undefined) return { actions: creation(context, slot), wait: true }
  if (isPodFinished(pod)) return { actions: removal(pod), wait: true }
  const missing = isPending(pod) ? missingClaims(context, pod) : []
  if (isPodEnding(pod) || !isRunningAndAvailable(pod, context.availability)) {
    return { actions: [...missing, ...(isOrdered(context.set) ? [] : repair(context, pod))], wait: true }
  }
  return { actions: [...missing, ...repair(context, pod)], wait: false }
}

/** `OrderedReady` unless the set says `Parallel`. */
export const isOrdered = (set: StatefulSet): boolean => set.spec.podManagementPolicy !== 'Parallel'

/** It is made again when it has gone. */
function removal(pod: Pod): readonly Action[] {
  return isPodEnding(pod) ? [] : [{ do: 'delete-pod', pod, why: 'finished' }]
}

/** Whether a new pod has to wait until the claim of its predecessor is gone. */
export function isHeldByClaim({ set, claimNamed }: LoopContext, { pod, ordinal }: Slot): boolean {
  return pod === undefined && hasClaimOfPredecessor(set, futureUser(set, ordinal), claimNamed)
}

const futureUser = (set: StatefulSet, ordinal: number): ClaimUser => ({
  name: podNameOf(set, ordinal),
  uid: undefined,
  ordinal,
})

function creation(context: LoopContext, slot: Slot): readonly Action[] {
  if (isHeldByClaim(context, slot)) return []
  const { set, claimNamed } = context
  const { ordinal, revision } = slot
  const user = futureUser(set, ordinal)
  const pod = newPod(set, revision, ordinal)
  const claims = claimWork(set, ordinal, claimNamed)
  const owners = [...claimsToOwn(set, user, claimNamed), ...newClaimsToOwn(set, user, claimNamed)]
  return [{ do: 'create-pod', pod, claims, owners }]
}

function missingClaims({ set, claimNamed }: LoopContext, pod: Pod): readonly Action[] {
  const claims = claimWork(set, ordinalOf(pod), claimNamed)
  if (isNoWork(claims)) return []
  return [{ do: 'create-claims', pod, claims, owners: newClaimsToOwn(set, claimUser(pod), claimNamed) }]
}

const claimUser = (pod: Pod): ClaimUser => ({
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  ordinal: ordinalOf(pod),
})

/** Brings back what makes the pod the one with this ordinal: its name label, its volumes, its claims' owners. */
function repair({ set, claimNamed }: LoopContext, pod: Pod): readonly Action[] {
  const owners = claimsToOwn(set, claimUser(pod), claimNamed)
  const hasIdentity = identityMatches(set, pod)
  const hasStorage = storageMatches(set, pod)
  if (hasIdentity && hasStorage && owners.length === 0) return []
  const ordinal = ordinalOf(pod)
  return [
    {
      do: 'repair-pod',
      pod,
      labels: hasIdentity ? undefined : identityLabels(podNameOf(set, ordinal), ordinal),
      volumes: hasStorage ? undefined : podVolumes(set, pod.spec.volumes, ordinal),
      claims: hasStorage ? { missing: [], ending: [] } : claimWork(set, ordinal, claimNamed),
      owners,
    },
  ]
}

/** The claims of a condemned pod change owner before the pod goes, so that they can go with it. */
export function condemnedClaimsStep({ set, claimNamed }: LoopContext, pod: Pod): Step {
  const owners = claimsToOwn(set, claimUser(pod), claimNamed)
  return { actions: owners.length === 0 ? [] : [{ do: 'own-claims', pod, owners }], wait: false }
}

/**
 * An ordered set removes one pod at a time, and an unavailable one only if it is the first that is
 * unavailable: what is broken further up must not be touched while something below is broken.
 */
export function condemnedStep(context: LoopContext, pod: Pod, firstUnavailable: Pod | undefined): Step {
  if (isPodEnding(pod)) return { actions: [], wait: true }
  const isBlocked = !isRunningAndAvailable(pod, context.availability) && pod !== firstUnavailable
  if (isBlocked && isOrdered(context.set)) return { actions: [], wait: true }
  return { actions: [{ do: 'delete-pod', pod, why: 'condemned' }], wait: true }
}
