import { ApiError } from '../../api/error.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { isPodReady } from '../../api/pod_state.ts'
import type { Pod } from '../../api/types.ts'
import { badRequest, invalid, modifiedMeanwhile, notFound, rawServerError } from '../api_errors.ts'
import { type Answer, type Call, resourceNameOf } from '../call.ts'
import { commitState } from '../commit.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import type { DeletionOptions } from '../deletion.ts'
import { checkNamespace } from '../handlers/create.ts'
import { checkPreconditions, deleteNamed } from '../handlers/delete.ts'
import { defined } from '../http/query.ts'
import { checkWriteOptions } from '../http/write_options.ts'
import { COMMIT_ATTEMPTS_MAX } from '../limits.ts'
import { sameContent } from '../metadata.ts'
import { storeKey } from '../storage.ts'
import { created } from './binding.ts'
import { beingProcessed, budgetOf, letsUnreadyGo, useBudget } from './eviction_budget.ts'
import { withCondition } from './pod_conditions.ts'

const TYPE = 'io.k8s.api.policy.v1.Eviction'
const KIND = { group: 'policy', version: 'v1', kind: 'Eviction' }
/** Old clients still post this; the object is the same. */
const OLD_VERSION = 'policy/v1beta1'

interface SentOptions extends DeletionOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean
}

interface Eviction {
  readonly metadata: { readonly name?: string }
  readonly deleteOptions?: SentOptions
}

/** POST of an eviction: deletes a pod if the budget that covers it allows that. */
export async function evictPod(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('CreateOptions', call.request.options)
  const draft = await decodeBody(call, TYPE, KIND, [OLD_VERSION])
  checkNamespace(call, draft)
  const options = deletionOf(call, draft as unknown as Eviction)
  const pods = { ...call, target: { facts: call.target.facts, subresource: undefined } }
  for (let attempt = 1; ; attempt++) {
    const pod = podOf(core, pods)
    try {
      await (countsForBudgets(pod) ? evictCounted(core, pods, pod, options) : evictFree(core, pods, pod, options))
      return created()
    } catch (thrown) {
      const isRace = isConflict(thrown) && options.resourceVersion === undefined && !countsForBudgets(pod)
      if (!isRace || attempt >= COMMIT_ATTEMPTS_MAX) throw thrown
    }
  }
}

/** A pod that no budget counts goes as it is; a pending one only as long as it is pending. */
async function evictFree(core: Core, call: Call, pod: Pod, options: DeletionOptions): Promise<void> {
  const mayGetReady = pod.metadata.deletionTimestamp === undefined && pod.status?.phase === 'Pending'
  const seen = mayGetReady ? { resourceVersion: pod.metadata.resourceVersion ?? '' } : {}
  await markAndDelete(core, call, { ...seen, ...options })
}

/** A pod that a budget lets go because it is not ready must still be as it was then. */
async function evictCounted(core: Core, call: Call, pod: Pod, options: DeletionOptions): Promise<void> {
  const budget = await disrupt(core, call, pod, options)
  if (budget === undefined) return markAndDelete(core, call, options)
  const { resourceVersion = '' } = pod.metadata
  try {
    await markAndDelete(core, call, { ...options, resourceVersion })
  } catch (thrown) {
    throw isConflict(thrown) && options.resourceVersion === undefined ? beingProcessed(budget) : thrown
  }
}

const isConflict = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.code === 409

function podOf(core: Core, call: Call): Pod {
  const { namespace, name = '' } = call.request
  const pod = core.store.head(storeKey(call.target.facts, namespace, name))?.object as Pod | undefined
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  return pod
}

/** How the pod is to be deleted. @throws ApiError 400, 422, 500 */
function deletionOf(
  { request: { name = '', options } }: Call,
  { metadata, deleteOptions = {} }: Eviction,
): DeletionOptions {
  if (metadata.name !== name) throw badRequest('name in URL does not match name in Eviction object')
  if (deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential) {
    const field = 'deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential'
    const message = 'Invalid value: true: can not be set for pod eviction, try after removing the option'
    throw invalid(KIND, name, [{ type: 'FieldValueInvalid', field, message }])
  }
  const [asked = [], sent = []] = [options.dryRun, deleteOptions.dryRun]
  if (asked.length > 0 && sent.length > 0 && !sameContent(asked, sent)) {
    const lists = `[${asked.join(' ')}] and [${sent.join(' ')}]`
    throw rawServerError(`Non-matching dry-run options in request and content: ${lists}`)
  }
  const { gracePeriodSeconds, propagationPolicy, preconditions } = deleteOptions
  const dryRun = sent.length > 0 ? sent : asked
  return defined({ gracePeriodSeconds, propagationPolicy, dryRun, ...preconditions })
}

/** A pod that does not run, or ends anyway, disrupts nothing. */
function countsForBudgets({ metadata, status }: Pod): boolean {
  const phase = status?.phase
  return metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending'
}

/** Asks the pod's budget. The budget's name when it lets the pod go because the pod is not ready. @throws ApiError */
async function disrupt(
  core: Core,
  call: Call,
  pod: Pod,
  { dryRun = [] }: DeletionOptions,
): Promise<string | undefined> {
  const budget = await budgetOf(core, pod)
  if (budget === undefined) return undefined
  if (!isPodReady(pod) && letsUnreadyGo(budget)) return budget.metadata.name
  await useBudget(core, call, budget, pod.metadata.name, dryRun.length > 0)
  return undefined
}

/** Tells in the pod why it goes, and deletes it. */
async function markAndDelete(core: Core, call: Call, options: DeletionOptions): Promise<void> {
  const { name = '' } = call.request
  const dry = (options.dryRun?.length ?? 0) > 0
  const marked = dry ? undefined : await mark(core, call, options)
  const { resourceVersion } = options
  const version = resourceVersion === undefined ? undefined : (marked ?? resourceVersion)
  await deleteNamed(core, call, name, { ...options, ...defined({ resourceVersion: version }) })
}

const TARGETED = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
} as const

/** Sets the condition by which a pod's owner knows that it was evicted; answers the pod's new version. */
async function mark(core: Core, call: Call, options: DeletionOptions): Promise<string> {
  const { namespace, name = '' } = call.request
  const key = storeKey(call.target.facts, namespace, name)
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS_MAX; attempt++) {
    const current = core.store.head(key)
    if (current === undefined) throw notFound(resourceNameOf(call.target.facts), name)
    checkPreconditions(call, current, options)
    const pod = current.object as Pod
    const conditions = withCondition(pod, TARGETED, core.deps.clock.now())
    if (conditions === pod.status?.conditions) return String(current.revision)
    const marked = { ...pod, status: { ...pod.status, conditions } } as unknown as MutableObject
    const stored = await commitState(core.store, key, current, marked)
    if (stored !== undefined) return String(stored.revision)
  }
  throw modifiedMeanwhile(resourceNameOf(call.target.facts), name)
}
