import { ApiError } from '../../api/error.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { DISRUPTION_BUDGETS } from '../../api/resources.ts'
import { resourceFacts } from '../../api/schema/table.ts'
import { compileLabelSelector } from '../../api/selector.ts'
import type { Pod, PodDisruptionBudget } from '../../api/types.ts'
import { assert } from '../../base/assert.ts'
import { copyOf } from '../../base/copy.ts'
import { toRfc3339 } from '../../base/time.ts'
import { forbidden, rawServerError } from '../api_errors.ts'
import type { Call } from '../call.ts'
import type { Core } from '../core.ts'
import { changeObject } from '../handlers/update.ts'
import { defined } from '../http/query.ts'
import { DISRUPTED_PODS_MAX } from '../limits.ts'
import { storageResource } from '../storage.ts'

/** A server that changes a budget does so in its own name. */
const SERVER = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }
const MANAGER = 'kube-apiserver'
const RETRY_SECONDS = 10
const CONDITION = 'DisruptionAllowed'

/** The budget that covers a pod, if one does. @throws ApiError 500 when several do */
export async function budgetOf(core: Core, pod: Pod): Promise<PodDisruptionBudget | undefined> {
  const range = { resource: storageResource(budgetFacts()), namespace: pod.metadata.namespace ?? '' }
  const { items } = await core.store.list(range)
  const budgets = items.map(({ object }) => object as PodDisruptionBudget)
  const covering = budgets.filter(({ spec }) => compileLabelSelector(spec.selector)(pod.metadata.labels))
  if (covering.length < 2) return covering[0]
  throw rawServerError(
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  )
}

/** A pod that is not ready takes nothing away from the healthy ones. */
export function letsUnreadyGo({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0
}

/** Takes one disruption from the budget, for this pod. @throws ApiError 429 when it allows none */
export async function useBudget(core: Core, call: Call, budget: PodDisruptionBudget, podName: string, dryRun: boolean) {
  const facts = budgetFacts()
  const subresource = facts.subresources.find(({ name }) => name === 'status')
  const { namespace = '', signal } = call.request
  const { name } = budget.metadata
  const request = {
    verb: 'update' as const,
    ...{ group: facts.ref.group, version: facts.ref.version, resource: facts.ref.resource, subresource: 'status' },
    ...{ namespace, name, ...defined({ signal }), options: defined({ dryRun: dryRun ? ['All'] : undefined }) },
  }
  const own: Call = {
    ...{ user: SERVER, request, target: { facts, subresource }, body: { type: 'none' } as const },
    ...{ warnings: [], defaultManager: MANAGER },
  }
  await changeObject(core, own, {
    change: (newest) => oneLess(newest as PodDisruptionBudget, podName, core.deps.clock.now()),
  })
}

function budgetFacts() {
  const { group, version, resource } = DISRUPTION_BUDGETS
  const facts = resourceFacts(group, version, resource)
  assert(facts !== undefined, 'the table has no disruption budgets')
  return facts
}

/** The budget after one more eviction. @throws ApiError 403, 429 */
function oneLess(budget: PodDisruptionBudget, podName: string, now: number): MutableObject {
  const { status = {}, metadata } = budget
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) throw beingProcessed(metadata.name)
  const allowed = status.disruptionsAllowed ?? 0
  const refuse = (why: string) => forbidden({ group: 'policy', resource: 'poddisruptionbudget' }, metadata.name, why)
  if (allowed < 0) throw refuse('pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > DISRUPTED_PODS_MAX) {
    throw refuse('DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (allowed === 0) throw refused(whyNone(budget))
  const disruptedPods = { ...status.disruptedPods, [podName]: toRfc3339(now) }
  const changed = copyOf(budget) as unknown as MutableObject
  changed['status'] = { ...changed['status'], disruptionsAllowed: allowed - 1, disruptedPods }
  if (allowed === 1) changed['status'].conditions = usedUp(budget, now)
  return changed
}

/** The budget's conditions once it allows nothing more. */
function usedUp({ status }: PodDisruptionBudget, now: number): readonly object[] {
  const conditions = status?.conditions ?? []
  const old = conditions.find(({ type }) => type === CONDITION)
  const none = {
    ...{ type: CONDITION, status: 'False', ...defined({ observedGeneration: status?.observedGeneration }) },
    lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : toRfc3339(now),
    ...{ reason: 'InsufficientPods', message: '' },
  }
  return old === undefined ? [...conditions, none] : conditions.map((one) => (one === old ? none : one))
}

function whyNone({ metadata: { name }, status = {} }: PodDisruptionBudget): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions = [] } = status
  const told = conditions.find(({ type, status: value, message }) => type === CONDITION && value === 'False' && message)
  const lead = `The disruption budget ${name}`
  if (told?.reason === 'SyncFailed') {
    return `${lead} does not allow evicting pods currently because it failed sync: ${told.message}`
  }
  if (currentHealthy <= desiredHealthy) {
    return `${lead} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  }
  const why = told === undefined ? '' : ` (${told.reason}): ${told.message}`
  return `${lead} does not allow evicting pods currently${why}`
}

/** The refusal that asks the client to come again soon. */
export const beingProcessed = (name: string): ApiError =>
  refused(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS)

const refused = (why: string, retryAfterSeconds?: number): ApiError =>
  new ApiError({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message: why }], ...defined({ retryAfterSeconds }) },
  })
