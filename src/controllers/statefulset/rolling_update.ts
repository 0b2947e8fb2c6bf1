import { isPodEnding } from '../../api/pod_state.ts'
import type { Pod, StatefulSet } from '../../api/types.ts'
import { revisionOf } from './identity.ts'
import type { Action } from './plan.ts'
import { type Availability, isUnavailable } from './pod_health.ts'
import { isOrdered } from './replica_loop.ts'
import { partitionOf, type Slot } from './replicas.ts'

/** What the decision which pods to replace looks at. */
export interface UpdateContext {
  readonly set: StatefulSet
  readonly slots: readonly Slot[]
  readonly updateRevision: string
  readonly availability: Availability
}

/** The outdated pods that may be deleted now; they come back at the update revision. */
export function rollingUpdate(context: UpdateContext, maxUnavailableEnabled: boolean): readonly Action[] {
  if (context.set.spec.updateStrategy?.type === 'OnDelete') return []
  const targets = maxUnavailableEnabled ? withinBudget(context) : highestFirst(context)
  return targets.map((pod) => ({ do: 'delete-pod', pod, why: 'outdated' }))
}

/** The pods that the update may replace, highest ordinal first. */
const eligible = ({ set, slots }: UpdateContext): readonly Slot[] => slots.slice(partitionOf(set)).reverse()

function isOutdated({ pod }: Slot, updateRevision: string): boolean {
  return pod !== undefined && !isPodEnding(pod) && revisionOf(pod) !== updateRevision
}

const podsOf = (slots: readonly Slot[]): readonly Pod[] => slots.flatMap(({ pod }) => pod ?? [])

/** One at a time: the highest outdated pod, unless a pod above it is unavailable. */
function highestFirst(context: UpdateContext): readonly Pod[] {
  for (const slot of eligible(context)) {
    if (isOutdated(slot, context.updateRevision)) return podsOf([slot])
    if (isUnavailable(slot.pod, context.availability)) return []
  }
  return []
}

/**
 * As many at a time as `maxUnavailable` allows, counted over all replicas, also those below the
 * partition. A parallel set first replaces what is outdated and unavailable anyway: that takes
 * nothing away.
 */
function withinBudget(context: UpdateContext): readonly Pod[] {
  const { set, slots, updateRevision, availability } = context
  const outdated = eligible(context).filter((slot) => isOutdated(slot, updateRevision))
  const unavailable = slots.filter(({ pod }) => isUnavailable(pod, availability)).length
  const budget = Math.max(0, maxUnavailableOf(set, slots.length) - unavailable)
  if (isOrdered(set)) return podsOf(outdated.slice(0, budget))
  const broken = outdated.filter(({ pod }) => isUnavailable(pod, availability))
  const serving = outdated.filter(({ pod }) => !isUnavailable(pod, availability))
  return podsOf([...broken, ...serving.slice(0, budget)])
}

/** A number or a percentage of the replicas, rounded down, and at least one. */
export function maxUnavailableOf(set: StatefulSet, replicas: number): number {
  const value: unknown = set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
  const percent = /^(\d+)%$/.exec(String(value))
  const count = percent === null ? Number(value) : Math.floor((Number(percent[1]) * replicas) / 100)
  return Number.isInteger(count) ? Math.max(1, count) : 1
}
