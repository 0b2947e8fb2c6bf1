import { isPodEnding, isPodReady } from '../../api/pod_state.ts'
import type { OwnerReference, Pod, PodDisruptionBudget } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339, toRfc3339 } from '../../base/time.ts'
import { EVICTED_POD_COUNTS_MS } from './limits.ts'

type BudgetStatus = NonNullable<PodDisruptionBudget['status']>

export interface BudgetView {
  readonly budget: PodDisruptionBudget
  /** The pods that its selector means. */
  readonly pods: readonly Pod[]
  /** How many pods a controller is meant to have; undefined if it is of a kind that nobody here knows. */
  readonly scaleOf: (controller: OwnerReference, namespace: string) => number | undefined
  readonly now: Millis
}

export interface BudgetPlan {
  /** Absent if the status says all this already. */
  readonly status: BudgetStatus | undefined
  /** When an eviction that nothing came of stops counting. */
  readonly lookAgainMs: Millis | undefined
}

/** How many pods of a budget may be disturbed now. Pure; counted anew from what is seen each time. */
export function decideBudget(view: BudgetView): BudgetPlan {
  const { budget, pods, now } = view
  const evicted = stillGoing(budget, pods, now)
  const currentHealthy = pods.filter(
    (pod) => !isPodEnding(pod) && !(pod.metadata.name in evicted) && isPodReady(pod),
  ).length
  const { expectedPods, desiredHealthy } = wanted(view)
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  const counts = { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods }
  const status: BudgetStatus = {
    ...counts,
    observedGeneration: budget.metadata.generation ?? 0,
    ...(Object.keys(evicted).length === 0 ? {} : { disruptedPods: evicted }),
    conditions: conditionsOf(budget, disruptionsAllowed, now),
  }
  return { status: sameStatus(budget.status, status) ? undefined : status, lookAgainMs: nextExpiry(evicted, now) }
}

type Evicted = Readonly<Record<string, string>>

/** Pods whose eviction was allowed and which do not show it yet. */
function stillGoing({ status }: PodDisruptionBudget, pods: readonly Pod[], now: Millis): Evicted {
  const present = new Map(pods.map((pod) => [pod.metadata.name, pod]))
  const kept = Object.entries(status?.disruptedPods ?? {}).filter(([name, at]) => {
    const pod = present.get(name)
    return pod !== undefined && !isPodEnding(pod) && (fromRfc3339(at) ?? 0) + EVICTED_POD_COUNTS_MS > now
  })
  return Object.fromEntries(kept)
}

function nextExpiry(evicted: Evicted, now: Millis): Millis | undefined {
  const times = Object.values(evicted).map((at) => (fromRfc3339(at) ?? now) + EVICTED_POD_COUNTS_MS - now)
  return times.length === 0 ? undefined : Math.max(1, Math.min(...times))
}

/** `minAvailable` as a number speaks of the pods there are; the other forms of the pods that there should be. */
function wanted(view: BudgetView): { expectedPods: number; desiredHealthy: number } {
  const { minAvailable, maxUnavailable } = view.budget.spec ?? {}
  if (maxUnavailable !== undefined) {
    const expectedPods = intendedPods(view)
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - portion(maxUnavailable, expectedPods)) }
  }
  const isShare = typeof minAvailable === 'string' && (minAvailable as string).endsWith('%')
  const expectedPods = isShare ? intendedPods(view) : view.pods.length
  return { expectedPods, desiredHealthy: portion(minAvailable ?? 0, expectedPods) }
}

/** A number, or a share of the whole rounded up. */
function portion(value: unknown, whole: number): number {
  const text = String(value)
  return text.endsWith('%') ? Math.ceil((Number(text.slice(0, -1)) * whole) / 100) : Number(text)
}

/** What the controllers of the pods are meant to have; a controller that nobody knows counts with the pods it has. */
function intendedPods({ budget, pods, scaleOf }: BudgetView): number {
  const controllers = new Map<string, { readonly reference: OwnerReference; pods: number }>()
  for (const pod of pods) {
    const reference = (pod.metadata.ownerReferences ?? []).find((one) => one.controller === true)
    if (reference === undefined) continue
    const known = controllers.get(reference.uid) ?? { reference, pods: 0 }
    known.pods++
    controllers.set(reference.uid, known)
  }
  const namespace = budget.metadata.namespace ?? ''
  return [...controllers.values()].reduce((sum, one) => sum + (scaleOf(one.reference, namespace) ?? one.pods), 0)
}

function conditionsOf(
  budget: PodDisruptionBudget,
  allowed: number,
  now: Millis,
): NonNullable<BudgetStatus['conditions']> {
  const old = budget.status?.conditions ?? []
  const known = old.find((condition) => condition.type === 'DisruptionAllowed')
  const status = allowed > 0 ? 'True' : 'False'
  const condition = {
    type: 'DisruptionAllowed',
    status,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation ?? 0,
    lastTransitionTime: known?.status === status ? known.lastTransitionTime : toRfc3339(now),
  }
  return [...old.filter((other) => other.type !== 'DisruptionAllowed'), condition]
}

function sameStatus(old: BudgetStatus | undefined, next: BudgetStatus): boolean {
  if (old === undefined) return false
  const essence = ({ conditions = [], disruptedPods = {}, ...counts }: BudgetStatus) =>
    JSON.stringify([
      counts.currentHealthy,
      counts.desiredHealthy,
      counts.disruptionsAllowed,
      counts.expectedPods,
      counts.observedGeneration,
      Object.entries(disruptedPods).sort(),
      conditions.map(({ type, status, reason, observedGeneration }) => [type, status, reason, observedGeneration]),
    ])
  return essence(old) === essence(next)
}
