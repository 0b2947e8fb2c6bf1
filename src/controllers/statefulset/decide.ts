import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { ordinalOf } from './identity.ts'
import { CLAIM_LOOK_MS } from './limits.ts'
import { claimPods, claimRevisions } from './ownership.ts'
import type { Phase, Plan } from './plan.ts'
import { type Availability, availableInMs, isUnavailable } from './pod_health.ts'
import {
  condemnedClaimsStep,
  condemnedStep,
  isHeldByClaim,
  isOrdered,
  type LoopContext,
  replicaStep,
  walk,
} from './replica_loop.ts'
import { arrange, type Replicas } from './replicas.ts'
import { truncateHistory } from './revision_history.ts'
import { decideRevisions, inOrder, type RevisionDecision } from './revisions.ts'
import { rollingUpdate } from './rolling_update.ts'
import { decideStatus } from './status.ts'
import type { View } from './view.ts'

/**
 * Decides what a StatefulSet needs next. First it is settled whose the pods and revisions are, then
 * the wanted ordinals are filled from below, then surplus pods go from above, then outdated pods
 * are replaced from above; scaling has precedence over updating.
 */
export function decide(view: View): Plan {
  const { set } = view
  const ordered = inOrder(view.revisions)
  const revisions = decideRevisions(view, ordered)
  const owned = claimPods(set, view.pods)
  const availability = { now: view.now, minReadyMs: (set.spec.minReadySeconds ?? 0) * 1000 }
  const replicas = arrange(set, owned.pods, revisions)
  const pods = podsIn(replicas)
  const live = [revisions.current.name, revisions.update.name]
  return {
    prepare: [...claimRevisions(set, ordered), ...owned.actions, ...revisions.actions],
    phases: decidePhases(view, replicas, { revisions, availability }),
    status: decideStatus({ set, pods, revisions, availability }),
    cleanUp: truncateHistory(set, owned.pods, { ordered, live }),
    wakeAfterMs: lookAgainMs({ set, availability, claimNamed: view.claimNamed }, replicas),
  }
}

const podsIn = ({ slots, condemned }: Replicas): readonly Pod[] => [
  ...slots.flatMap(({ pod }) => pod ?? []),
  ...condemned,
]

interface Settled {
  readonly revisions: RevisionDecision
  readonly availability: Availability
}

/** A set that is being deleted leaves its pods to the garbage collector. */
function decidePhases(view: View, replicas: Replicas, { revisions, availability }: Settled): readonly Phase[] {
  const { set, claimNamed, maxUnavailableEnabled } = view
  if (set.metadata.deletionTimestamp !== undefined) return []
  const { slots, condemned } = replicas
  const context: LoopContext = { set, availability, claimNamed }
  const ordered = isOrdered(set)
  const burst = !ordered
  const first = firstUnavailable(replicas, availability)

  const filling = walk(slots, ordered, (slot) => replicaStep(context, slot))
  const phases: Phase[] = [{ name: 'replicas', burst, actions: filling.actions }]
  if (!filling.finished) return withWork(phases)

  const owning = walk(condemned, ordered, (pod) => condemnedClaimsStep(context, pod))
  const removing = walk(condemned, ordered, (pod) => condemnedStep(context, pod, first))
  phases.push({ name: 'condemned-claims', burst, actions: owning.actions })
  phases.push({ name: 'condemned', burst, actions: removing.actions })
  if (!removing.finished) return withWork(phases)

  const update = { set, slots, updateRevision: revisions.update.name, availability }
  phases.push({ name: 'update', burst: false, actions: rollingUpdate(update, maxUnavailableEnabled) })
  return withWork(phases)
}

const withWork = (phases: readonly Phase[]): readonly Phase[] => phases.filter(({ actions }) => actions.length > 0)

/** The lowest wanted pod that is unavailable, else the lowest condemned one. */
function firstUnavailable({ slots, condemned }: Replicas, availability: Availability): Pod | undefined {
  const slot = slots.find(({ pod }) => isUnavailable(pod, availability))
  if (slot !== undefined) return slot.pod
  return condemned.toSorted((a, b) => ordinalOf(a) - ordinalOf(b)).find((pod) => isUnavailable(pod, availability))
}

/** What time alone changes: a ready pod becomes available, a claim that holds a pod back goes. */
function lookAgainMs(context: LoopContext, replicas: Replicas): Millis | undefined {
  const delays = podsIn(replicas).flatMap((pod) => availableInMs(pod, context.availability) ?? [])
  const held = replicas.slots.some((slot) => isHeldByClaim(context, slot)) ? [CLAIM_LOOK_MS] : []
  const all = [...delays, ...held]
  return all.length === 0 ? undefined : all.reduce((a, b) => Math.min(a, b))
}
