import { DecodeError } from '../api/decode/state.ts'
import { decodeObject } from '../api/decode.ts'
import type { MutableObject } from '../api/kind_rules.ts'
import { apiVersionOf, type ResourceRef } from '../api/resource.ts'
import { parseGroupVersion } from '../api/schema/table.ts'
import { badRequest } from './api_errors.ts'
import type { Call, HollowDraft } from './call.ts'
import { BodyError, DELETE_OPTIONS, parseBody, previewOf, type RawBody } from './http/body_text.ts'
import { internalPackage, isKnownKind } from './http/known_kinds.ts'
import { strictErrorsOf } from './http/strict_errors.ts'

/** Group, version and kind that a body must have. */
export interface Expected {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** API versions in which the same kind was once: upstream still knows it there. */
  readonly formerVersions?: readonly string[]
}

/**
 * Decodes the body of a request as an object of the expected kind. Unknown and duplicate fields
 * refuse the request, warn or pass, as `fieldValidation` says. `equalVersions` are taken for the expected one.
 * @throws ApiError 400
 */
export async function decodeBody(
  call: Call,
  typeName: string,
  expected: Expected,
  equalVersions: readonly string[] = [],
): Promise<MutableObject> {
  const raw = await recognised(call, typeName, expected)
  const { kind, apiVersion } = typeOfBody(raw, expected)
  const refuse = (why: string) => {
    const { version } = parseGroupVersion(apiVersion)
    return badRequest(`${kind} in version "${version}" cannot be handled as a ${expected.kind}: ${why}`)
  }
  const wanted = apiVersionOf(expected)
  const isWanted = kind === expected.kind && (apiVersion === wanted || equalVersions.includes(apiVersion))
  if (!isWanted) checkKnown({ kind, apiVersion, expected, refuse })
  if (raw.fault !== undefined) throw refuse(raw.fault)
  try {
    const value = { ...(raw.value as object), kind, apiVersion: wanted }
    const { object, strictErrors, hollow } = decodeObject(typeName, value)
    rememberHollow(
      call,
      hollow && typeName === call.target.facts.typeName,
      (empties) => decodeObject(typeName, value, 'json', empties).object,
    )
    applyFieldValidation(call, strictErrorsOf(raw, strictErrors), refuse)
    object.metadata ??= {}
    return object
  } catch (thrown) {
    if (thrown instanceof DecodeError) throw refuse(thrown.message)
    throw thrown
  }
}

/** Keeps a way to the draft with its empty lists and maps, for what shows them. */
export function rememberHollow(call: Call, hollow: boolean, draft: HollowDraft): void {
  const { ref } = call.target.facts
  call.hollowDraft = hollow ? (empties) => withIdentity(draft(empties), ref, call.request.namespace) : undefined
}

function withIdentity(draft: MutableObject, ref: ResourceRef, namespace: string | undefined): MutableObject {
  draft.metadata ??= {}
  if (ref.namespaced) draft.metadata['namespace'] = namespace
  return Object.assign(draft, { kind: ref.kind, apiVersion: apiVersionOf(ref) })
}

async function recognised(call: Call, typeName: string, expected: Expected): Promise<RawBody> {
  try {
    const raw = await parseBody(call, typeName)
    const { value } = raw
    if (value === null) return { ...raw, value: {} }
    checkHeader(value)
    return raw
  } catch (thrown) {
    if (!(thrown instanceof BodyError)) throw thrown
    const why = `the object provided is unrecognized (must be of type ${expected.kind}): ${thrown.message} (${previewOf(call)})`
    throw badRequest(why)
  }
}

const HEADER_TYPE =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

const jsonTypeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

/** Kind and version are looked at before anything else. @throws BodyError when they cannot be */
function checkHeader(value: unknown): void {
  const lead = "couldn't get version/kind; json parse error: json: cannot unmarshal"
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BodyError(`${lead} ${jsonTypeOf(value)} into Go value of type ${HEADER_TYPE}`)
  }
  for (const field of ['apiVersion', 'kind']) {
    const found = (value as Readonly<Record<string, unknown>>)[field]
    if (found === undefined || found === null || typeof found === 'string') continue
    throw new BodyError(`${lead} ${jsonTypeOf(found)} into Go struct field .${field} of type string`)
  }
  const { apiVersion } = value as { apiVersion?: string | null }
  if ((apiVersion ?? '').split('/').length > 2) throw new BodyError(`unexpected GroupVersion string: ${apiVersion}`)
}

function typeOfBody({ value, envelope }: RawBody, expected: Expected): { kind: string; apiVersion: string } {
  const sent = (envelope ?? value) as { kind?: string; apiVersion?: string }
  return { kind: sent.kind || expected.kind, apiVersion: sent.apiVersion || apiVersionOf(expected) }
}

interface OtherKind {
  readonly kind: string
  readonly apiVersion: string
  readonly expected: Expected
  readonly refuse: (why: string) => Error
}

/** Says why an object of another kind or version is refused. */
function checkKnown({ kind, apiVersion, expected, refuse }: OtherKind): never {
  const { group, version } = parseGroupVersion(apiVersion)
  if (kind === expected.kind && expected.formerVersions?.includes(apiVersion)) throw otherVersion(apiVersion, expected)
  if (!isKnownKind(apiVersion, kind)) {
    throw refuse(`no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`)
  }
  if (kind !== expected.kind || group !== expected.group) {
    const into = `${internalPackage(expected.group)}.${expected.kind}`
    throw refuse(`converting (${version}.${kind}) to (${into}): unknown conversion`)
  }
  throw otherVersion(apiVersion, expected)
}

const otherVersion = (apiVersion: string, expected: Expected): Error =>
  badRequest(
    `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(expected)})`,
  )

function applyFieldValidation(call: Call, errors: readonly string[], refuse: (why: string) => Error): void {
  if (errors.length === 0) return
  const { fieldValidation } = call.request.options
  if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${errors.join(', ')}`)
  if (fieldValidation !== 'Ignore') call.warnings.push(...errors)
}

/** Decodes the DeleteOptions in a body. @throws ApiError 400 */
export async function decodeOptionsBody(call: Call): Promise<object> {
  try {
    const { value, envelope, fault } = await parseBody(call, DELETE_OPTIONS)
    if (fault !== undefined) throw badRequest(fault)
    if (value === null) return {}
    checkHeader(value)
    checkIsOptions(envelope ?? (value as { kind?: string; apiVersion?: string }))
    return { ...decodeObject(DELETE_OPTIONS, value).object, ...envelope }
  } catch (thrown) {
    if (thrown instanceof BodyError || thrown instanceof DecodeError) throw badRequest(thrown.message)
    throw thrown
  }
}

/** What another kind holds is not looked at. */
function checkIsOptions({ kind = '', apiVersion }: { readonly kind?: string; readonly apiVersion?: string }): void {
  if (kind === '' || kind === 'DeleteOptions') return
  const version = apiVersion || 'meta.k8s.io/v1'
  throw badRequest(`no kind "${kind}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`)
}
