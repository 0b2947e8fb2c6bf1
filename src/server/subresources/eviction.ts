import { ApiError } from '../../api/error.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { isPodReady } from '../../api/pod_state.ts'
import { compileLabelSelector } from '../../api/selector.ts'
import type { Pod, PodDisruptionBudget } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { badRequest, notFound } from '../api_errors.ts'
import type { Answer, Call } from '../call.ts'
import { commitState } from '../commit.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import type { DeletionOptions } from '../deletion.ts'
import { deleteNamed } from '../handlers/delete.ts'
import { COMMIT_ATTEMPTS_MAX } from '../limits.ts'
import { defined } from '../query.ts'
import { storeKey } from '../storage.ts'
import { checkWriteOptions } from '../write_options.ts'
import { created } from './binding.ts'

const TYPE = 'io.k8s.api.policy.v1.Eviction'
const KIND = { group: 'policy', version: 'v1', kind: 'Eviction' }
/** Old clients still post this; the object is the same. */
const OLD_VERSION = 'policy/v1beta1'
const RETRY_SECONDS = 10

interface Eviction {
  readonly metadata: { readonly name?: string }
  readonly deleteOptions?: DeletionOptions & {
    readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  }
}

/** POST of an eviction: deletes a pod if the budgets that cover it allow that. */
export async function evictPod(core: Core, call: Call): Promise<Answer> {
  const { options, namespace, name = '' } = call.request
  checkWriteOptions('CreateOptions', options)
  const eviction = (await decodeBody(call, TYPE, KIND, [OLD_VERSION])) as unknown as Eviction
  if (eviction.metadata.name !== undefined && eviction.metadata.name !== name) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const pod = core.store.head(storeKey(call.target.facts, namespace, name))?.object as Pod | undefined
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  const sent = eviction.deleteOptions
  const dryRun = sent?.dryRun ?? options.dryRun
  if (countsForBudgets(pod)) await useBudget(core, pod, (dryRun?.length ?? 0) > 0)
  const target = { facts: call.target.facts, subresource: undefined }
  const { gracePeriodSeconds, propagationPolicy, preconditions } = sent ?? {}
  const deletion = defined({ gracePeriodSeconds, propagationPolicy, dryRun, ...preconditions })
  await deleteNamed(core, { ...call, target }, name, { uid: pod.metadata.uid, ...deletion })
  return created()
}

/** A pod that does not run, or ends anyway, disrupts nothing. */
function countsForBudgets({ metadata, status }: Pod): boolean {
  const phase = status?.phase
  return metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending'
}

async function useBudget(core: Core, pod: Pod, dryRun: boolean): Promise<void> {
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS_MAX; attempt++) {
    const { items } = await core.store.list({ resource: BUDGETS, namespace: pod.metadata.namespace ?? '' })
    const covering = items.filter(({ object }) => covers(object as PodDisruptionBudget, pod))
    if (covering.length > 1) {
      const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
      throw new ApiError({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}` })
    }
    const [listed] = covering
    const stored = listed && core.store.head(listed.key)
    if (stored === undefined) return
    const budget = stored.object as PodDisruptionBudget
    if (isFreeOfBudget(budget, pod)) return
    const used = oneLess(budget, pod, core.deps.clock.now())
    if (dryRun || (await commitState(core.store, stored.key, stored, used)) !== undefined) return
  }
  throw refused(`The disruption budgets changed too often`)
}

const BUDGETS = 'poddisruptionbudgets.policy'

const covers = ({ spec }: PodDisruptionBudget, pod: Pod): boolean =>
  compileLabelSelector(spec.selector)(pod.metadata.labels)

/** A pod that is not ready takes nothing away from the healthy ones. */
function isFreeOfBudget({ spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (isPodReady(pod)) return false
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0
}

/** The budget after this eviction. @throws ApiError 429 when it allows none */
function oneLess(budget: PodDisruptionBudget, pod: Pod, now: number): MutableObject {
  const { status, metadata } = budget
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    throw refused(`The disruption budget ${metadata.name} is still being processed by the server.`, RETRY_SECONDS)
  }
  const allowed = status?.disruptionsAllowed ?? 0
  if (allowed <= 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {}
    throw refused(
      `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    )
  }
  const disruptedPods = { ...status?.disruptedPods, [pod.metadata.name]: toRfc3339(now) }
  return { ...budget, metadata: { ...metadata }, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } }
}

const refused = (why: string, retryAfterSeconds?: number): ApiError =>
  new ApiError({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message: why }], ...defined({ retryAfterSeconds }) },
  })
