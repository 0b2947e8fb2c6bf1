import type { MutableObject } from '../../api/kind_rules.ts'
import { resourceFacts } from '../../api/schema/table.ts'
import type { Pod } from '../../api/types.ts'
import { assert } from '../../base/assert.ts'
import { badRequest, conflict, rawServerError } from '../api_errors.ts'
import { type Answer, type Call, plainAnswer } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { checkNamespace } from '../handlers/create.ts'
import { lostPrecondition } from '../handlers/update.ts'
import { checkWriteOptions } from '../http/write_options.ts'
import { changeDirectly } from './direct_change.ts'
import { withCondition } from './pod_conditions.ts'

const TYPE = 'io.k8s.api.core.v1.Binding'

/** What answers a POST that makes no object. */
export const created = (): Answer =>
  plainAnswer(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })

interface Binding {
  readonly metadata: {
    readonly name?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly target: { readonly kind?: string; readonly name?: string }
}

/** POST of a binding: puts a pod on a node, once and for all. */
export async function bindPod(core: Core, call: Call): Promise<Answer> {
  const binding = await bindingIn(call)
  if (binding.metadata.name !== call.request.name) {
    throw badRequest('name in URL does not match name in Binding object')
  }
  return bind(core, call, binding)
}

/** The same by `POST bindings`, where the pod's name stands in the binding itself. */
export async function bindNamedPod(core: Core, call: Call): Promise<Answer> {
  const binding = await bindingIn(call)
  const facts = resourceFacts('', 'v1', 'pods')
  assert(facts !== undefined, 'the table has no pods')
  const { uid: _wiped, ...metadata } = binding.metadata
  if (!metadata.name) throw badRequest('Name parameter required.')
  const request = { ...call.request, resource: 'pods', name: metadata.name }
  const target = { facts, subresource: undefined }
  return bind(core, { ...call, request, target }, { ...binding, metadata })
}

async function bindingIn(call: Call): Promise<Binding> {
  checkWriteOptions('CreateOptions', call.request.options)
  const decoded = await decodeBody(call, TYPE, { group: '', version: 'v1', kind: 'Binding' })
  checkNamespace(call, decoded)
  return decoded as unknown as Binding
}

async function bind(core: Core, call: Call, binding: Binding): Promise<Answer> {
  checkTarget(binding)
  await changeDirectly<Pod>(core, call, (pod) => {
    checkMeant(call, binding, pod)
    return bound(pod, binding, core.deps.clock.now())
  })
  return created()
}

function checkTarget({ target }: Binding): void {
  const faults: string[] = []
  if (target.kind && target.kind !== 'Node') {
    faults.push(`target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`)
  }
  if (!target.name) faults.push('target.name: Required value')
  if (faults.length > 0) throw rawServerError(faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`)
}

/** @throws ApiError 409 when the binding is of another pod, or of another state of it */
function checkMeant(call: Call, { metadata }: Binding, pod: Pod): void {
  const { uid, resourceVersion } = metadata
  if (uid && uid !== pod.metadata.uid) throw lostPrecondition(call, pod, 'UID', uid, pod.metadata.uid)
  const version = pod.metadata.resourceVersion ?? ''
  if (!resourceVersion || resourceVersion === version) return
  throw lostPrecondition(call, pod, 'ResourceVersion', resourceVersion, version)
}

function bound(pod: Pod, { metadata, target }: Binding, now: number): MutableObject {
  const { name } = pod.metadata
  const refuse = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why)
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`)
  }
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  if (pod.spec.schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`)
  const { nominatedNodeName: _over, ...status } = pod.status ?? {}
  return {
    ...pod,
    metadata: { ...pod.metadata, ...merged('labels', pod, metadata), ...merged('annotations', pod, metadata) },
    spec: { ...pod.spec, nodeName: target.name },
    status: { ...status, conditions: withCondition(pod, { type: 'PodScheduled', status: 'True' }, now) },
  }
}

/** What the binding says besides goes into the pod, over what is there. */
function merged(field: 'labels' | 'annotations', pod: Pod, binding: Binding['metadata']) {
  const all = { ...pod.metadata[field], ...binding[field] }
  return Object.keys(all).length > 0 ? { [field]: all } : {}
}
