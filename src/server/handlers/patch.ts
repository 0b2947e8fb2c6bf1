import type { ParsedJson } from '../../api/json.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { applyPatch, type MergingPatchType, parsePatch } from '../../api/patch.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Answer, Call } from '../call.ts'
import { type Core, rulesFor } from '../core.ts'
import { rememberHollow } from '../decoding.ts'
import { checkPatchOptions } from '../http/write_options.ts'
import { applyObject } from './apply.ts'
import { checkNamespace } from './create.ts'
import { changeObject, checkName } from './update.ts'

/** PATCH of an object or of its status. */
export async function patch(core: Core, call: Call): Promise<Answer> {
  const { patchType, options } = call.request
  checkPatchOptions(options, patchType)
  if (patchType === 'apply') return applyObject(core, call)
  return changeObject(core, call, {
    change: (old) => patched(call, patchType ?? 'merge', old, call.target.facts.typeName),
  })
}

/** The object that a patch makes of `old`, which is of the given type. @throws ApiError */
export function patched(call: Call, type: MergingPatchType, old: KubeObject, typeName: string): MutableObject {
  const shared = call.target.subresource?.name === 'status' ? sharedByStatus(call, old) : undefined
  const result = applyPatch({ type, patch: patchValue(call, type), current: old, typeName, shared })
  const { fieldValidation } = call.request.options
  if (result.strictErrors.length > 0) {
    if (fieldValidation === 'Strict') throw result.refusal()
    if (fieldValidation !== 'Ignore') call.warnings.push(...result.strictErrors)
  }
  const { hollow } = result
  const isOwn = typeName === call.target.facts.typeName
  rememberHollow(call, hollow !== undefined && isOwn, (empties) => hollow?.(empties) ?? result.object)
  result.object.metadata ??= {}
  checkNamespace(call, result.object)
  checkName(call, result.object)
  return result.object
}

/** The spec, if writes to the status of this kind may share it: a third of what a pod's status costs. */
function sharedByStatus({ target: { facts } }: Call, old: KubeObject): object | undefined {
  if (rulesFor(facts).statusDefaults === undefined) return undefined
  return (old as KubeObject & { readonly spec?: object }).spec
}

const decoder = new TextDecoder()

function patchValue({ body, request }: Call, type: MergingPatchType): ParsedJson {
  const isChecked = request.options.fieldValidation !== 'Ignore'
  if (body.type === 'bytes') return parsePatch(type, decoder.decode(body.bytes), isChecked)
  return { value: body.type === 'value' ? body.value : null, duplicates: [] }
}
