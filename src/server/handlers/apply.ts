import { type Applied, applyObject as mergeApplied } from '../../api/apply/apply.ts'
import { decodeObject } from '../../api/decode.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { parseGroupVersion } from '../../api/schema/table.ts'
import type { KubeObject } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { badRequest, conflict } from '../api_errors.ts'
import { BodyError, parseBody } from '../body_text.ts'
import { type Answer, type Call, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { hasStatus, managerOf } from '../managers.ts'
import { checkNamespace, createDraft } from './create.ts'
import { changeObject, checkName } from './update.ts'

/** Server-side apply: merges what the client wants into what is there, or creates it. */
export async function applyObject(core: Core, call: Call): Promise<Answer> {
  const { applied, sentNamespace } = await appliedBody(call)
  const merge = (live: KubeObject | undefined) => merged(core, call, { applied, sentNamespace }, live)
  const creates = call.target.subresource === undefined
  const create = () => {
    refuseLostUid(call, applied)
    return merge(undefined)
  }
  return changeObject(core, call, {
    change: (old) => merge(old),
    ...(creates ? { missing: () => createDraft(core, call, withoutVersion(create())) } : {}),
  })
}

/** Whoever names a uid means an object that was there. @throws ApiError 409 */
function refuseLostUid({ target: { facts } }: Call, { metadata: { name, uid } }: MutableObject): void {
  if (!uid) return
  const text = `uid mismatch: the provided object specified uid ${String(uid)}, and no existing object was found`
  throw conflict(resourceNameOf(facts), String(name), text)
}

/** What a client applies. */
export interface AppliedBody {
  readonly applied: MutableObject
  /** As it was sent; '' when only the path has one. */
  readonly sentNamespace: string
}

/** A version of an object that is gone says nothing about the new one. */
function withoutVersion(draft: MutableObject): MutableObject {
  const { resourceVersion: _gone, ...metadata } = draft.metadata
  return { ...draft, metadata }
}

/** The object that was sent: of the right kind, with its name, and with its namespace from the path. @throws ApiError 400 */
async function appliedBody(call: Call): Promise<AppliedBody> {
  const value = await parsedBody(call)
  const { kind = '', apiVersion = '' } = value as { kind?: string; apiVersion?: string }
  const { ref } = call.target.facts
  if (kind !== ref.kind || apiVersion !== apiVersionOf(ref)) {
    const { group, version } = parseGroupVersion(apiVersion)
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
  }
  const applied = { ...value, metadata: { ...(value as MutableObject).metadata } } as MutableObject
  if (applied.metadata['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil')
  const sentNamespace = String(applied.metadata['namespace'] ?? '')
  checkNamespace(call, applied)
  checkName(call, applied)
  return { applied, sentNamespace }
}

async function parsedBody(call: Call): Promise<object> {
  const lead = 'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal'
  try {
    const { value } = await parseBody(call, call.target.facts.typeName)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    throw badRequest(`${lead} ${found} into Go value of type map[string]interface {}`)
  } catch (thrown) {
    if (thrown instanceof BodyError) throw badRequest(`error decoding YAML: ${thrown.message}`)
    throw thrown
  }
}

/** What an apply makes of the live object, with the account of managers. @throws ApiError 409 on conflicts */
export function merged(core: Core, call: Call, body: AppliedBody, live: KubeObject | undefined): MutableObject {
  const { facts } = call.target
  const { applied } = body
  const result: Applied = mergeApplied({
    typeName: facts.typeName,
    manager: managerOf(call, 'Apply'),
    live,
    ...body,
    force: call.request.options.force === true,
    now: toRfc3339(core.deps.clock.now()),
    hasStatus: hasStatus(facts),
  })
  const { object } = decodeObject(facts.typeName, result.object ?? live ?? applied)
  object.metadata ??= {}
  delete object.metadata['managedFields']
  if (result.managedFields?.length) object.metadata['managedFields'] = result.managedFields
  const { resourceVersion, uid } = applied.metadata
  if (resourceVersion) object.metadata['resourceVersion'] = resourceVersion
  if (uid) object.metadata['uid'] = uid
  return object
}
