import { type Applied, applyObject as mergeApplied } from '../../api/apply/apply.ts'
import type { FieldFilter } from '../../api/apply/reset_fields.ts'
import { isAbsent, isPlainObject } from '../../api/decode/codec.ts'
import { decodeObject } from '../../api/decode.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { parseGroupVersion } from '../../api/schema/table.ts'
import type { KubeObject } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { badRequest, conflict } from '../api_errors.ts'
import { type Answer, type Call, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { type Expected, rememberHollow } from '../decoding.ts'
import { BodyError, parseBody, type RawBody } from '../http/body_text.ts'
import { filterOf, managerOf } from '../managers.ts'
import { checkNamespace, createDraft } from './create.ts'
import { changeObject, checkName } from './update.ts'

/** Server-side apply: merges what the client wants into what is there, or creates it. */
export async function applyObject(core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  const body = await appliedBody(call, facts.ref)
  const merge = (live: KubeObject | undefined): MutableObject => {
    const object = merged(
      core,
      call,
      { ...body, typeName: facts.typeName, kind: facts.ref, filter: filterOf(call) },
      live,
    )
    if (live === undefined) refuseLostUid(call, object)
    checkNamespace(call, object)
    checkName(call, object)
    return object
  }
  const creates = call.target.subresource === undefined
  return changeObject(core, call, {
    change: (old) => merge(old),
    ...(creates ? { missing: () => createDraft(core, call, withoutVersion(merge(undefined))) } : {}),
  })
}

/** Whoever names a uid means an object that was there. @throws ApiError 409 */
function refuseLostUid({ request, target: { facts } }: Call, { metadata: { uid } }: MutableObject): void {
  if (!uid) return
  const text = `uid mismatch: the provided object specified uid ${String(uid)}, and no existing object was found`
  throw conflict(resourceNameOf(facts), request.name ?? '', text)
}

/** A version of an object that is gone says nothing about the new one. */
function withoutVersion(draft: MutableObject): MutableObject {
  const { resourceVersion: _gone, ...metadata } = draft.metadata
  return { ...draft, metadata }
}

/** What a client applies. */
export interface AppliedBody {
  readonly applied: object
  /** Keys that stand twice, in YAML's words. */
  readonly strictErrors: readonly string[]
}

/** What is applied, and what it is applied as. */
export interface AppliedAs extends AppliedBody {
  readonly typeName: string
  readonly kind: Expected
  readonly filter: FieldFilter
}

/** The object that was sent: of the right kind. @throws ApiError 400 */
export async function appliedBody(call: Call, ref: Expected): Promise<AppliedBody> {
  const { value, strictErrors } = await parsedBody(call)
  const { kind, group, version } = kindOf(value)
  if (kind !== ref.kind || group !== ref.group || version !== ref.version) {
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
  }
  const { metadata } = value
  if (isPlainObject(metadata) && Array.isArray(metadata['managedFields'])) {
    throw badRequest('metadata.managedFields must be nil')
  }
  return { applied: value, strictErrors }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What is no version says nothing of the kind either. */
function kindOf(value: Readonly<Record<string, unknown>>): { kind: string; group: string; version: string } {
  const apiVersion = textOf(value['apiVersion'])
  if (apiVersion.split('/').length > 2) return { kind: '', group: '', version: '' }
  return { kind: textOf(value['kind']), ...parseGroupVersion(apiVersion) }
}

type ParsedBody = RawBody & { readonly value: Readonly<Record<string, unknown>> }

async function parsedBody(call: Call): Promise<ParsedBody> {
  const lead = 'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal'
  try {
    const raw = await parseBody(call, call.target.facts.typeName)
    const { value } = raw
    if (isAbsent(value)) return { ...raw, value: {} }
    if (isPlainObject(value)) return { ...raw, value }
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    throw badRequest(`${lead} ${found} into Go value of type map[string]interface {}`)
  } catch (thrown) {
    if (thrown instanceof BodyError) {
      throw badRequest(`error decoding YAML: error converting YAML to JSON: ${thrown.message}`)
    }
    throw thrown
  }
}

/** What an apply makes of the live object, with the account of managers. @throws ApiError 409 on conflicts */
export function merged(core: Core, call: Call, as: AppliedAs, live: KubeObject | undefined): MutableObject {
  const { typeName, kind, applied, filter } = as
  const apiVersion = apiVersionOf(kind)
  const result: Applied = mergeApplied({
    typeName,
    manager: { ...managerOf(call, 'Apply'), apiVersion },
    live,
    applied,
    force: call.request.options.force === true,
    now: toRfc3339(core.deps.clock.now()),
    filter,
  })
  tellDuplicates(call, as.strictErrors)
  const { hollow } = result
  const isOwn = typeName === call.target.facts.typeName
  rememberHollow(call, isOwn && hollow !== undefined, (empties) => hollow?.(empties) ?? object)
  const object = result.object ?? decodeObject(typeName, live ?? applied).object
  Object.assign(object, { kind: kind.kind, apiVersion })
  object.metadata ??= {}
  delete object.metadata['managedFields']
  if (result.managedFields?.length) object.metadata['managedFields'] = result.managedFields
  return object
}

/** @throws ApiError 400 when the client wants strictness */
function tellDuplicates(call: Call, strictErrors: readonly string[]): void {
  if (strictErrors.length === 0) return
  const { fieldValidation } = call.request.options
  if (fieldValidation === 'Strict') {
    const lines = strictErrors.map((error) => `\n  ${error}`).join('')
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:${lines}`)
  }
  if (fieldValidation !== 'Ignore') call.warnings.push(...strictErrors)
}
