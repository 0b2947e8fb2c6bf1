import { managedFieldsOfUpdate } from '../../api/apply/apply.ts'
import { parentEntries, scaleEntries } from '../../api/apply/scale_managers.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import { SCALE_COLUMNS, scaleRules } from '../../api/kinds/scale.ts'
import { apiVersionOf } from '../../api/resource.ts'
import type { ResourceFacts } from '../../api/schema/table.ts'
import { type AnySelector, selectorText } from '../../api/selector_text.ts'
import type { KubeObject } from '../../api/types.ts'
import { metadataErrors } from '../../api/validation/metadata.ts'
import { dnsSubdomain } from '../../api/validation/names.ts'
import { nonNegative } from '../../api/validation/numbers.ts'
import { copyOf } from '../../base/copy.ts'
import { toRfc3339 } from '../../base/time.ts'
import { conflict, invalid } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { appliedBody, merged } from '../handlers/apply.ts'
import { checkNamespace } from '../handlers/create.ts'
import { getOne } from '../handlers/get.ts'
import { patched } from '../handlers/patch.ts'
import { changeObject, checkName } from '../handlers/update.ts'
import { checkPatchOptions, checkWriteOptions } from '../http/write_options.ts'
import { managerOf } from '../managers.ts'

const TYPE = 'io.k8s.api.autoscaling.v1.Scale'
/** Groups that once had a kind of this name: it is recognised there, and refused for its version alone. */
const OLD_VERSIONS = ['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2']
const KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale', formerVersions: OLD_VERSIONS }

/** What a scalable kind looks like to this subresource. */
interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: AnySelector }
  readonly status?: { readonly replicas?: number }
}

/** GET of how many replicas there are and should be. */
export const getScale = async (core: Core, call: Call): Promise<Answer> => asScale(call, await getOne(core, call))

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
    return patched(call, type, scaleOf(old), TYPE)
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
  return asScale(call, await changeObject(core, call, { change: (old) => change(old as Scalable) }))
}

/** The Scale of an object with those of its managers that own the number. */
function liveScale(call: Call, old: Scalable): KubeObject {
  const managedFields = scaleEntries(old.metadata.managedFields, apiVersionOf(call.target.facts.ref))
  const scale = scaleOf(old)
  return { ...scale, metadata: { ...scale.metadata, ...(managedFields && { managedFields }) } }
}

/** The scaled object; the Scale's version and uid make the change conditional. */
function scaled(call: Call, scale: MutableObject, old: Scalable): MutableObject {
  const replicas: number = scale['spec']?.replicas ?? 0
  const errors = [
    ...metadataErrors(scale.metadata as unknown as KubeObject['metadata'], {
      namespaced: true,
      nameForm: dnsSubdomain,
    }),
    ...nonNegative(replicas, 'spec.replicas'),
  ]
  if (errors.length > 0) throw invalid(KIND, old.metadata.name, errors)
  if (call.request.patchType !== undefined) checkScaledUid(call, scale, old)
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

/** A Scale is of the same kind whatever it scales. */
function asScale({ target: { facts } }: Call, answer: Answer): Answer {
  if (answer.body.type !== 'object') return answer
  const scaleFacts: ResourceFacts = { ...facts, ref: scaleRules.resource, typeName: TYPE, columns: SCALE_COLUMNS }
  const object = scaleOf(answer.body.view.object as Scalable)
  return objectAnswer(answer.code, scaleFacts, { object, bytes: undefined })
}

function scaleOf({ metadata, spec, status }: Scalable): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const selector = selectorText(spec.selector)
  const scale = {
    kind: KIND.kind,
    apiVersion: apiVersionOf(KIND),
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  }
  return scale as unknown as KubeObject
}
