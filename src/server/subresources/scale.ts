import { managedFieldsOfUpdate } from '../../api/apply/apply.ts'
import { parentEntries, scaleEntries } from '../../api/apply/scale_managers.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { type AnySelector, selectorText } from '../../api/selector_text.ts'
import type { KubeObject } from '../../api/types.ts'
import { copyOf } from '../../base/copy.ts'
import { toRfc3339 } from '../../base/time.ts'
import { conflict, invalid, notFound } from '../api_errors.ts'
import { type Answer, type Call, plainAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { appliedBody, merged } from '../handlers/apply.ts'
import { checkNamespace } from '../handlers/create.ts'
import { patched } from '../handlers/patch.ts'
import { changeObject, checkName } from '../handlers/update.ts'
import { managerOf } from '../managers.ts'
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
  checkNamespace(call, scale)
  checkName(call, scale)
  return changeScale(core, call, () => copyOf(scale))
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

async function applyScale(core: Core, call: Call): Promise<Answer> {
  const body = await appliedBody(call, KIND)
  return answered(call, core, (old) => {
    const live = liveScale(call, old)
    const scale = merged(core, call, { ...body, typeName: TYPE, kind: KIND, filter: (set) => set }, live)
    checkNamespace(call, scale)
    checkName(call, scale)
    checkScaledUid(call, scale, old)
    return scaled(call, scale, old)
  })
}

async function changeScale(core: Core, call: Call, sent: (old: Scalable) => MutableObject): Promise<Answer> {
  return answered(call, core, (old) => {
    const scale = sent(old)
    scale.metadata['managedFields'] = managedFieldsOfUpdate({
      typeName: TYPE,
      manager: { ...managerOf(call, 'Update'), apiVersion: apiVersionOf(KIND) },
      live: liveScale(call, old),
      updated: scale,
      now: toRfc3339(core.deps.clock.now()),
      filter: (set) => set,
    })
    return scaled(call, scale, old)
  })
}

async function answered(call: Call, core: Core, change: (old: Scalable) => MutableObject): Promise<Answer> {
  const answer = await changeObject(core, call, { change: (old) => change(old as Scalable) })
  return answer.body.type === 'object' ? plainAnswer(200, scaleOf(answer.body.view.object as Scalable)) : answer
}

/** The Scale of an object with those of its managers that own the number. */
function liveScale(call: Call, old: Scalable): KubeObject {
  const managedFields = scaleEntries(old.metadata.managedFields, apiVersionOf(call.target.facts.ref))
  const scale = scaleOf(old) as KubeObject
  return { ...scale, metadata: { ...scale.metadata, ...(managedFields && { managedFields }) } }
}

/** The scaled object; the Scale's version and uid make the change conditional. */
function scaled(call: Call, scale: MutableObject, old: Scalable): MutableObject {
  const replicas: number = scale['spec']?.replicas ?? 0
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
    throw invalid(KIND, old.metadata.name, [{ type: 'FieldValueInvalid', field: 'spec.replicas', message }])
  }
  const { resourceVersion, uid, managedFields } = scale.metadata
  const copy = copyOf(old) as unknown as MutableObject
  copy.metadata['resourceVersion'] = resourceVersion
  if (uid) copy.metadata['uid'] = uid
  copy['spec'].replicas = replicas
  const entries = parentEntries(old.metadata.managedFields, managedFields, apiVersionOf(call.target.facts.ref))
  if (entries === undefined) delete copy.metadata['managedFields']
  else copy.metadata['managedFields'] = entries
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
