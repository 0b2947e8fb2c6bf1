import type { MutableObject } from '../../api/kind_rules.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { type AnySelector, selectorText } from '../../api/selector_text.ts'
import type { KubeObject } from '../../api/types.ts'
import { copyOf } from '../../base/copy.ts'
import { conflict, invalid, notFound } from '../api_errors.ts'
import { type Answer, type Call, plainAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { merged } from '../handlers/apply.ts'
import { checkNamespace } from '../handlers/create.ts'
import { patched } from '../handlers/patch.ts'
import { changeObject, checkName } from '../handlers/update.ts'
import { storeKey } from '../storage.ts'
import { checkPatchOptions, checkWriteOptions } from '../write_options.ts'

const TYPE = 'io.k8s.api.autoscaling.v1.Scale'
const KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** What a scalable kind looks like to this subresource. */
interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: AnySelector }
  readonly status?: { readonly replicas?: number }
}

/** GET of how many replicas there are and should be. */
export async function getScale(core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  const name = call.request.name ?? ''
  const stored = core.store.get(storeKey(facts, call.request.namespace, name))
  if (stored === undefined) throw notFound(resourceNameOf(facts), name)
  return plainAnswer(200, scaleOf(stored.object as Scalable))
}

/** PUT of the wanted number. */
export async function putScale(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('UpdateOptions', call.request.options)
  const scale = await decodeBody(call, TYPE, KIND)
  checkName(call, scale)
  checkNamespace(call, scale)
  return changeScale(core, call, () => scale)
}

/** PATCH of the Scale, as if it were an object of its own. */
export async function patchScale(core: Core, call: Call): Promise<Answer> {
  const { patchType, options } = call.request
  checkPatchOptions(options, patchType)
  if (patchType === 'apply') return applyScale(core, call)
  const type = patchType ?? 'merge'
  return changeScale(core, call, (old) => {
    const scale = patched(call, type, scaleOf(old) as KubeObject, TYPE)
    checkScaledUid(call, scale, old)
    return scale
  })
}

/** @throws ApiError 409 when a patched Scale is of another object */
function checkScaledUid({ target: { facts } }: Call, scale: MutableObject, old: Scalable): void {
  const { uid } = scale.metadata
  if (!uid || uid === old.metadata.uid) return
  const of = { group: facts.ref.group, resource: `${facts.ref.resource}/scale` }
  const why = `Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${old.metadata.uid}`
  throw conflict(of, old.metadata.name, why)
}

/** An applied Scale is an apply of nothing but the number of replicas to the object itself. */
async function applyScale(core: Core, call: Call): Promise<Answer> {
  const scale = await decodeBody(call, TYPE, KIND)
  checkName(call, scale)
  checkNamespace(call, scale)
  const { kind, group, version } = call.target.facts.ref
  const { name, namespace } = scale.metadata
  const replicas: number = scale['spec']?.replicas ?? 0
  const applied = {
    apiVersion: apiVersionOf({ group, version }),
    kind,
    metadata: { name, namespace },
    spec: { replicas },
  }
  const answer = await changeObject(core, call, {
    change: (old) => merged(core, call, { applied, strictErrors: [] }, old),
  })
  return answer.body.type === 'object' ? plainAnswer(200, scaleOf(answer.body.view.object as Scalable)) : answer
}

async function changeScale(core: Core, call: Call, sent: (old: Scalable) => MutableObject): Promise<Answer> {
  const answer = await changeObject(core, call, { change: (old) => scaled(sent(old as Scalable), old as Scalable) })
  return answer.body.type === 'object' ? plainAnswer(200, scaleOf(answer.body.view.object as Scalable)) : answer
}

/** The scaled object; the Scale's version and uid make the change conditional. */
function scaled(scale: MutableObject, old: Scalable): MutableObject {
  const replicas: number = scale['spec']?.replicas ?? 0
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
    throw invalid(KIND, old.metadata.name, [{ type: 'FieldValueInvalid', field: 'spec.replicas', message }])
  }
  const { resourceVersion, uid } = scale.metadata
  const copy = copyOf(old) as unknown as MutableObject
  copy.metadata['resourceVersion'] = resourceVersion
  if (uid) copy.metadata['uid'] = uid
  copy['spec'].replicas = replicas
  return copy
}

function scaleOf({ metadata, spec, status }: Scalable): object {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const selector = selectorText(spec.selector)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  }
}
