import { isPlainObject } from './decode/codec.ts'
import { DecodeError } from './decode/state.ts'
import { decodeObject } from './decode.ts'
import { JsonError, type ParsedJson, parseJson } from './json.ts'
import type { MutableObject } from './kind_rules.ts'
import { goFormat } from './patch/go_format.ts'
import { checkIdentity, type Identity } from './patch/identity.ts'
import { applyOperations, type PatchOperation } from './patch/json_patch.ts'
import { mergePatch } from './patch/merge_patch.ts'
import { badPatch, invalidPatch, jsonTypeOf, rejectedPatch } from './patch/patch_error.ts'
import { shownText } from './patch/shown.ts'
import { strategicMerge } from './patch/strategic.ts'

/** The patches that are applied to the current object (server-side apply is not one of them). */
export type MergingPatchType = 'json' | 'merge' | 'strategic'

/** What a patch made of an object. */
export interface Patched {
  readonly object: MutableObject
  /** Unknown and duplicate fields, for `Warning` headers; under Strict they refuse the patch. */
  readonly strictErrors: readonly string[]
  /** The object again with its empty lists and maps, when it has any. */
  readonly hollow: ((empties: 'kept' | 'encoded') => MutableObject) | undefined
  /** The refusal under `fieldValidation=Strict`, to be thrown when there are strict errors. */
  refusal(): Error
}

export interface PatchRequest {
  readonly type: MergingPatchType
  /** From `parsePatch`, or a value that was never text with no duplicates. */
  readonly patch: ParsedJson
  /** The current object in the API version of the request; not changed. */
  readonly current: object
  /** The table's type of the object; undefined for custom resources, which have no strategic merge. */
  readonly typeName: string | undefined
  /** A part of the current object that the result shares if the patch leaves it alone; without it all of the result is new. */
  readonly shared?: object | undefined
}

/**
 * Reads the text of a patch. JSON and merge patches have another text before their errors than
 * strategic ones; without validation of fields, a merge patch is not looked at before it is merged. @throws ApiError 400
 */
export function parsePatch(type: MergingPatchType, text: string, isChecked = true): ParsedJson {
  try {
    return parseJson(text)
  } catch (thrown) {
    if (thrown instanceof JsonError && type === 'merge' && !isChecked) throw badPatch(BAD_MERGE)
    if (thrown instanceof JsonError) throw badPatch(`${prefixOf(type)}${thrown.message}`)
    throw thrown
  }
}

const BAD_MERGE = 'Invalid JSON Patch'

const prefixOf = (type: MergingPatchType): string => (type === 'strategic' ? '' : 'error decoding patch: ')

/** Applies a patch and decodes the result as an object of its kind. @throws ApiError as upstream answers it */
export function applyPatch(request: PatchRequest): Patched {
  const { type, patch, typeName } = request
  checkForm(type, patch.value)
  const { root: result } = patchedDocument(request)
  const shown = (): string => (type === 'strategic' ? goFormat(patch.value) : shownResult(request))
  checkReadable(request, result, shown)
  const decoded = typeName === undefined ? untyped(result) : typed(typeName, result, request, shown)
  const strictErrors = [...patchErrors(type, patch), ...decoded.strictErrors]
  const refusal = (): Error => invalidPatch(shown(), `strict decoding error: ${strictErrors.join(', ')}`)
  const { apiVersion, kind } = request.current as Identity
  return { object: Object.assign(decoded.object, { apiVersion, kind }), strictErrors, refusal, hollow: decoded.again }
}

/** The result of a strategic merge is of its kind, whatever it says; that of the others is read as what it says. */
function checkReadable({ type, current, typeName }: PatchRequest, result: unknown, shown: () => string): void {
  if (typeName === undefined || !isPlainObject(result)) return
  if (type !== 'strategic') checkIdentity(result, current as Identity, shown)
}

/** The patched object as it is shown: that of an encoder, which writes the fields in Go's order. */
function shownResult(request: PatchRequest): string {
  const { current, typeName } = request
  const encoded = typeName === undefined ? current : decodeObject(typeName, current).object
  const { root, opened } = patchedDocument({ ...request, current: encoded })
  return shownText(root, opened)
}

interface Document {
  readonly root: unknown
  readonly opened: ReadonlySet<object>
}

function patchedDocument({ type, patch, current, typeName }: PatchRequest): Document {
  const opened = new Set<object>()
  // The operations change values in place, those of the patch too.
  const operations = (): PatchOperation[] => structuredClone((patch.value ?? []) as PatchOperation[])
  if (type === 'json') return applyOperations(structuredClone(current), operations())
  if (type === 'merge') return { root: mergePatch(current, patch.value, opened), opened }
  return { root: strategicMerge(typeName ?? '', current, (patch.value ?? {}) as object), opened }
}

const DUPLICATE_PREFIX: Readonly<Record<MergingPatchType, string>> = {
  json: 'json patch ',
  merge: '',
  strategic: '',
}

const OPERATION_FIELDS = new Set(['op', 'path', 'from', 'value'])

/** What strict decoding has to say of the patch itself. */
function patchErrors(type: MergingPatchType, { value, duplicates }: ParsedJson): string[] {
  const doubled = duplicates.map((path) => `${DUPLICATE_PREFIX[type]}duplicate field ${JSON.stringify(path)}`)
  if (type !== 'json' || !Array.isArray(value)) return doubled
  const unknown = value.flatMap((operation: object, index) =>
    Object.keys(operation)
      .filter((key) => !OPERATION_FIELDS.has(key))
      .map((key) => `json patch unknown field "[${index}].${key}"`),
  )
  return [...doubled, ...unknown]
}

/** Faults are told in the order of the text that upstream decodes, which is the one that is shown. */
function typed(typeName: string, value: unknown, { type, shared }: PatchRequest, shown: () => string) {
  const source = type === 'strategic' ? 'map' : 'json'
  const inOrder = () => decodeObject(typeName, type === 'strategic' ? value : JSON.parse(shown()), source)
  try {
    const { object, strictErrors, hollow } = decodeObject(typeName, value, source, 'stored', shared)
    const again = (empties: 'kept' | 'encoded') => decodeObject(typeName, value, source, empties).object
    const ordered = strictErrors.length > 1 ? inOrder().strictErrors : strictErrors
    return { object, strictErrors: ordered, again: hollow ? again : undefined }
  } catch (thrown) {
    if (thrown instanceof DecodeError) throw invalidPatch(shown(), firstFault(inOrder, thrown))
    throw thrown
  }
}

function firstFault(decode: () => unknown, known: DecodeError): string {
  try {
    decode()
    return known.message
  } catch (thrown) {
    if (thrown instanceof DecodeError) return thrown.message
    throw thrown
  }
}

const untyped = (value: unknown) => ({ object: value as MutableObject, strictErrors: [], again: undefined })

/** A JSON patch is a list of objects, every other patch an object. @throws ApiError 400 */
function checkForm(type: MergingPatchType, value: unknown): void {
  if (value === null && type === 'merge') throw badPatch(BAD_MERGE)
  if (value === null) return
  const wrong = (what: unknown, goType: string): Error =>
    badPatch(`${prefixOf(type)}json: cannot unmarshal ${jsonTypeOf(what)} into Go value of type ${goType}`)
  const isObject = (what: unknown): boolean => jsonTypeOf(what) === 'object'
  if (type !== 'json') {
    if (!isObject(value)) throw wrong(value, 'map[string]interface {}')
    return
  }
  if (!Array.isArray(value)) throw wrong(value, '[]handlers.jsonPatchOp')
  for (const operation of value) {
    if (operation === null) throw rejectedPatch('an operation is null')
    if (!isObject(operation)) throw wrong(operation, 'handlers.jsonPatchOp')
    for (const field of ['op', 'path', 'from']) checkText(operation, field)
  }
}

function checkText(operation: Readonly<Record<string, unknown>>, field: string): void {
  const value = operation[field]
  if (value === undefined || value === null || typeof value === 'string') return
  throw badPatch(
    `error decoding patch: json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field jsonPatchOp.${field} of type string`,
  )
}
