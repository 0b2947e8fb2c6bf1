import type { ApiError } from '../../api/error.ts'
import { invalid, invalidError } from '../../api/field_error.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { metadataChecksOf } from '../../api/kinds/metadata_checks.ts'
import type { ResourceRef } from '../../api/resource.ts'
import type { KubeObject } from '../../api/types.ts'
import { copyOf } from '../../base/copy.ts'
import type { StoredObject } from '../../store/store.ts'
import { badRequest, conflict, modifiedMeanwhile, notFound } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from '../call.ts'
import { commitRemoval, commitState } from '../commit.ts'
import { type Core, rulesFor } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { isEnding } from '../deletion.ts'
import { defined } from '../http/query.ts'
import { checkWriteOptions, isDryRun } from '../http/write_options.ts'
import { COMMIT_ATTEMPTS_MAX } from '../limits.ts'
import { withVersion } from '../metadata.ts'
import { dropRepeatedOwners } from '../owner_references.ts'
import { attributesOf, changesNothing, checkVersion, prepareChange } from '../pipeline.ts'
import { storeKey, viewOf } from '../storage.ts'
import { fromStorage, toStorage } from '../versions.ts'
import { checkNamespace, createDraft, isService } from './create.ts'

/** PUT of an object or of its status. */
export async function update(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('UpdateOptions', call.request.options)
  const draft = await decodeBody(call, call.target.facts.typeName, call.target.facts.ref)
  checkNamespace(call, draft)
  checkName(call, draft)
  dropRepeatedOwners(call, draft, 'in what was sent')
  const { facts, subresource } = call.target
  const isWhole = subresource === undefined || subresource.name === 'status'
  const createsMissing = rulesFor(facts).createOnUpdate === true && isWhole
  return changeObject(core, call, {
    change: (old) => {
      checkUid(call, draft, old)
      checkVersionGiven(call, draft)
      return copyOf(draft)
    },
    ...(createsMissing ? { missing: () => createMissing(core, call, draft) } : {}),
  })
}

/** A version in a PUT that creates is of an object that is gone; a uid means that one and no other. */
async function createMissing(core: Core, call: Call, draft: MutableObject): Promise<Answer> {
  const { resourceVersion: _gone, uid, ...metadata } = draft.metadata
  const missing = { metadata: { name: String(metadata['name']), ...defined({ namespace: call.request.namespace }) } }
  if (uid) throw lostPrecondition(call, missing, 'UID', String(uid), '')
  return createDraft(core, call, { ...draft, metadata })
}

/** Some kinds may not be replaced by somebody who does not say which state he has seen. @throws ApiError 422 */
function checkVersionGiven({ target: { facts } }: Call, draft: MutableObject): void {
  const { name, resourceVersion } = draft.metadata
  if (resourceVersion || metadataChecksOf(facts.ref).versionNeeded !== true) return
  const error = invalid('metadata.resourceVersion', 0, 'must be specified for an update')
  throw invalidError({ kind: facts.ref.resource, group: facts.ref.group }, String(name), [error])
}

/** The name in the body may be left out only where it can be told from the path. @throws ApiError 400 */
export function checkName(call: Call, draft: MutableObject): void {
  const name: unknown = draft.metadata['name']
  const asked = call.request.name ?? ''
  if (!name)
    throw badRequest(`the name of the object (${asked} based on URL) was undeterminable: name must be provided`)
  if (name !== asked)
    throw badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${asked})`)
}

/** How an object is to be changed. */
export interface Change {
  /** Computes the new state from the newest one, as often as somebody else is quicker. */
  change(old: KubeObject): MutableObject
  /** What to do when there is no such object; absent: 404. */
  missing?(): Promise<Answer>
}

/** Changes an object: computes, validates, and writes if it is still the one that was looked at. */
export async function changeObject(core: Core, call: Call, change: Change): Promise<Answer> {
  const { facts } = call.target
  const name = call.request.name ?? ''
  const key = storeKey(facts, call.request.namespace, name)
  const warnings = call.warnings.length
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS_MAX; attempt++) {
    call.warnings.length = warnings
    const current = core.store.head(key)
    if (current === undefined) {
      if (change.missing === undefined) throw notFound(resourceNameOf(facts), name)
      return change.missing()
    }
    const answer = await tryChange(core, call, current, change)
    if (answer !== undefined) return answer
  }
  throw modifiedMeanwhile(resourceNameOf(facts), name)
}

async function tryChange(
  core: Core,
  call: Call,
  current: StoredObject,
  { change }: Change,
): Promise<Answer | undefined> {
  const { facts } = call.target
  const old = fromStorage(facts, current.object as KubeObject)
  const draft = change(old)
  // A patch means the object that it was computed from: there another uid is an invalid change.
  if (call.request.patchType === undefined) checkUid(call, draft, old)
  checkVersion(call, draft, old)
  const prepared = prepareChange(core, call, draft, old)
  const giveBack = isService(facts)
    ? core.services.assign(prepared, old, isDryRun(call.request.options) ? 'dry' : 'real')
    : undefined
  if (isDryRun(call.request.options)) {
    giveBack?.()
    return dryAnswer(call, prepared, current)
  }
  if (changesNothing(prepared, old)) {
    await core.store.durable(current.revision)
    return objectAnswer(200, facts, viewOf(facts, current))
  }
  if (isEnding(prepared, old)) return removeInstead(core, call, current, prepared)
  const [stored] = await Promise.all([
    commitState(core.store, current.key, current, toStorage(facts, prepared)),
    core.admission.account(attributesOf(call, 'UPDATE', prepared, old)),
  ])
  if (stored === undefined) giveBack?.()
  return stored === undefined ? undefined : objectAnswer(200, facts, viewOf(facts, stored))
}

function dryAnswer(call: Call, prepared: MutableObject, current: StoredObject): Answer {
  return objectAnswer(200, call.target.facts, { object: withVersion(prepared, current.revision), bytes: undefined })
}

/** The last finalizer was removed: the object goes, and the answer shows it without that finalizer. */
async function removeInstead(
  core: Core,
  call: Call,
  current: StoredObject,
  prepared: MutableObject,
): Promise<Answer | undefined> {
  const removed = await commitRemoval(core.store, current.key, current)
  if (removed === undefined) return undefined
  const object = withVersion(prepared, current.revision)
  return objectAnswer(200, call.target.facts, { object, bytes: undefined })
}

/** @throws ApiError 409 when the object with that name is another one than the writer means */
export function checkUid(call: Call, draft: MutableObject, old: KubeObject): void {
  const uid: unknown = draft.metadata['uid']
  if (uid && uid !== old.metadata.uid) throw lostPrecondition(call, old, 'UID', String(uid), old.metadata.uid)
}

/** The refusal of a write whose precondition does not hold, in the words of the storage. */
export function lostPrecondition(
  { target: { facts }, request }: Call,
  { metadata: { namespace, name } }: { readonly metadata: Pick<KubeObject['metadata'], 'namespace' | 'name'> },
  what: 'UID' | 'ResourceVersion',
  asked: string,
  found: string,
): ApiError {
  const root = isDryRun(request.options) ? [''] : ['', 'registry']
  const key = [...root, placeOf(facts.ref), ...(namespace ? [namespace] : []), name].join('/')
  const why = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`
  const text = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
  return conflict(resourceNameOf(facts), name, text)
}

/** Where upstream keeps a resource: under its plural, but for some that are older than the rule. */
function placeOf({ group, resource }: ResourceRef): string {
  if (group === 'apiextensions.k8s.io' || group === 'apiregistration.k8s.io') return `${group}/${resource}`
  return OLD_PLACES[resource] ?? resource
}

const OLD_PLACES: Readonly<Record<string, string>> = {
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  ingresses: 'ingress',
}
