import type { KubeObject } from '../../api/types.ts'
import type { StoredObject } from '../../store/store.ts'
import { conflict, modifiedMeanwhile, notFound } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, plainAnswer, resourceNameOf, type View } from '../call.ts'
import { commitRemoval, commitState } from '../commit.ts'
import { type Core, rulesFor } from '../core.ts'
import { type DeletionOptions, planDeletion } from '../deletion.ts'
import { deletionOptionsOf } from '../http/delete_options.ts'
import { COMMIT_ATTEMPTS_MAX } from '../limits.ts'
import { withVersion } from '../metadata.ts'
import { attributesOf } from '../pipeline.ts'
import { storeKey, viewOf } from '../storage.ts'
import { fromStorage } from '../versions.ts'

/** DELETE of one object. */
export async function deleteOne(core: Core, call: Call): Promise<Answer> {
  const options = await deletionOptionsOf(call)
  adviseOnDependents(call, options)
  return deleteNamed(core, call, call.request.name ?? '', options)
}

/** Who says nothing of a job's pods keeps them, and mostly did not mean to. */
export function adviseOnDependents(call: Call, { propagationPolicy }: DeletionOptions): void {
  const { group, resource } = call.target.facts.ref
  if (propagationPolicy === undefined && group === 'batch' && resource === 'jobs') call.warnings.push(JOB_KEEPS_PODS)
}

const JOB_KEEPS_PODS =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

/** Deletes the object of that name in the call's namespace, as its kind and its finalizers allow. */
export async function deleteNamed(core: Core, call: Call, name: string, options: DeletionOptions): Promise<Answer> {
  const { facts } = call.target
  const key = storeKey(facts, call.request.namespace, name)
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS_MAX; attempt++) {
    const current = core.store.head(key)
    if (current === undefined) throw notFound(resourceNameOf(facts), name)
    checkPreconditions(call, current, options)
    const answer = await tryDelete(core, call, current, options)
    if (answer !== undefined) return answer
  }
  throw modifiedMeanwhile(resourceNameOf(facts), name)
}

async function tryDelete(
  core: Core,
  call: Call,
  current: StoredObject,
  options: DeletionOptions,
): Promise<Answer | undefined> {
  const { facts } = call.target
  const object = current.object as KubeObject
  const shown = fromStorage(facts, object)
  const { propagationPolicy } = options
  core.admission.validate({
    ...attributesOf(call, 'DELETE', { ...object }, object),
    name: object.metadata.name,
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
  })
  const plan = planDeletion(rulesFor(facts), object, options, core.deps.clock.now())
  const dry = (options.dryRun?.length ?? 0) > 0
  if (plan.step === 'wait' || dry) {
    await core.store.durable(current.revision)
    const state =
      plan.step === 'mark' || plan.step === 'mark-and-remove' ? withVersion(plan.marked, current.revision) : shown
    return plan.step === 'remove' ? gone(call, shown) : staying(call, options, { object: state, bytes: undefined })
  }
  if (plan.step === 'remove') {
    const removed = await commitRemoval(core.store, current.key, current)
    return removed === undefined ? undefined : gone(call, shown)
  }
  const marked = await commitState(core.store, current.key, current, plan.marked)
  if (marked === undefined) return undefined
  if (plan.step === 'mark') return staying(call, options, viewOf(facts, marked))
  await commitRemoval(core.store, current.key, marked)
  return gone(call, fromStorage(facts, marked.object as KubeObject))
}

/** Who asked in the older word for dependents to go hears that it is not done yet. */
const staying = ({ target: { facts } }: Call, { orphanDependents }: DeletionOptions, view: View): Answer =>
  objectAnswer(orphanDependents === false ? 202 : 200, facts, view)

/** What answers a finished deletion: the object for some kinds, a Status for most. */
function gone(call: Call, object: KubeObject): Answer {
  const { facts } = call.target
  if (rulesFor(facts).deleteAnswersObject) return objectAnswer(200, facts, { object, bytes: undefined })
  const { group, resource } = facts.ref
  const details = {
    name: object.metadata.name,
    ...(group === '' ? {} : { group }),
    kind: resource,
    uid: object.metadata.uid,
  }
  return plainAnswer(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
}

/** @throws ApiError 409 when the object is not the one that the client decided on */
export function checkPreconditions(call: Call, current: StoredObject, options: DeletionOptions): void {
  const { metadata } = current.object as KubeObject
  const { group, kind } = call.target.facts.ref
  const refuse = (what: string, asked: string, found: string, hint: string): never => {
    if (kind === 'Namespace') {
      const lost = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`
      throw conflict(resourceNameOf(call.target.facts), metadata.name, lost)
    }
    const why = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). ${hint}`
    throw conflict({ group, resource: kind }, metadata.name, why)
  }
  if (options.uid !== undefined && options.uid !== metadata.uid) {
    refuse('UID', options.uid, metadata.uid, 'The object might have been deleted and then recreated')
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== metadata.resourceVersion) {
    refuse('ResourceVersion', options.resourceVersion, metadata.resourceVersion, 'The object might have been modified')
  }
}
