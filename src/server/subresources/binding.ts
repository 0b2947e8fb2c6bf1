import type { MutableObject } from '../../api/kind_rules.ts'
import { resourceFacts } from '../../api/schema/table.ts'
import type { Pod } from '../../api/types.ts'
import { assert } from '../../base/assert.ts'
import { toRfc3339 } from '../../base/time.ts'
import { badRequest, conflict, rawServerError } from '../api_errors.ts'
import { type Answer, type Call, plainAnswer } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { checkNamespace } from '../handlers/create.ts'
import { checkWriteOptions } from '../write_options.ts'
import { changeDirectly } from './direct_change.ts'

const TYPE = 'io.k8s.api.core.v1.Binding'

/** What answers a POST that makes no object. */
export const created = (): Answer =>
  plainAnswer(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })

interface Binding {
  readonly metadata: {
    readonly name?: string
    readonly uid?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly target: { readonly kind?: string; readonly name?: string }
}

/** POST of a binding: puts a pod on a node, once and for all. */
export async function bindPod(core: Core, call: Call): Promise<Answer> {
  return bind(core, call, await bindingIn(call))
}

/** The same by `POST bindings`, where the pod's name stands in the binding itself. */
export async function bindNamedPod(core: Core, call: Call): Promise<Answer> {
  const binding = await bindingIn(call)
  const facts = resourceFacts('', 'v1', 'pods')
  assert(facts !== undefined, 'the table has no pods')
  checkNamespace(call, binding as unknown as MutableObject)
  const { name } = binding.metadata
  if (!name) throw badRequest('name must be provided')
  const request = { ...call.request, resource: 'pods', name }
  return bind(core, { ...call, request, target: { facts, subresource: undefined } }, binding)
}

async function bindingIn(call: Call): Promise<Binding> {
  checkWriteOptions('CreateOptions', call.request.options)
  const decoded = await decodeBody(call, TYPE, { group: '', version: 'v1', kind: 'Binding' })
  return decoded as unknown as Binding
}

async function bind(core: Core, call: Call, binding: Binding): Promise<Answer> {
  checkTarget(binding)
  await changeDirectly<Pod>(core, call, (pod) => bound(pod, binding, core.deps.clock.now()))
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

const cannotBind = (pod: Pod, why: string) => conflict({ group: '', resource: 'pods/binding' }, pod.metadata.name, why)

function bound(pod: Pod, { metadata, target }: Binding, now: number): MutableObject {
  const { name } = pod.metadata
  if (metadata.uid && metadata.uid !== pod.metadata.uid) {
    throw cannotBind(
      pod,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
    )
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw cannotBind(pod, `pod ${name} is being deleted, cannot be assigned to a host`)
  }
  if (pod.spec.nodeName)
    throw cannotBind(pod, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  if (pod.spec.schedulingGates?.length) throw badRequest(`pod ${name} has non-empty .spec.schedulingGates`)
  const annotations = { ...pod.metadata.annotations, ...metadata.annotations }
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...pod.spec, nodeName: target.name },
    status: { ...pod.status, conditions: withScheduled(pod, now) },
  }
}

function withScheduled(pod: Pod, now: number): object[] {
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: toRfc3339(now) }
  const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled')
  return [...others, scheduled]
}
