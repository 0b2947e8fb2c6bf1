import { ApiError } from '../../api/error.ts'
import { compareQuantities, milliUnits, wholeUnits } from '../../api/quantity.ts'
import { podRequests } from '../../api/quota/pod_usage.ts'
import type { Node, Pod } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

/** A pod can change its resources only on a node that is there to carry it out, and that has as much. */
export const podResize: AdmissionPlugin = {
  name: 'PodResize',
  validate(attributes, { store }) {
    const { subresource, facts, object, old, operation } = attributes
    if (operation !== 'UPDATE' || subresource !== 'resize' || facts.ref.resource !== 'pods') return
    const pod = object as unknown as Pod
    const { nodeName } = pod.spec
    if (!nodeName || pod.metadata.generation === old?.metadata.generation) return
    const node = headObject<Node>(store, 'nodes', '', nodeName)
    if (node === undefined) throw refusal(attributes, `node ${JSON.stringify(nodeName)} not found`)
    const system = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux'
    if (system !== 'linux') {
      const why = `pod resize is only supported on linux nodes, node ${JSON.stringify(nodeName)} is ${JSON.stringify(system)}`
      throw refusal(attributes, why, 'UnsupportedPlatform')
    }
    const shortage = shortages(pod, node).join('; ')
    if (shortage !== '') {
      throw refusal(attributes, `node didn't have enough allocatable resources: ${shortage}`, 'NodeCapacity')
    }
  },
}

const RESOURCES = [
  { name: 'cpu', units: milliUnits },
  { name: 'memory', units: wholeUnits },
] as const

/** Of what the node has less than the pod asks for. */
function shortages(pod: Pod, { status }: Node): string[] {
  const requests = podRequests(pod)
  return RESOURCES.flatMap(({ name, units }) => {
    const [asked = '0', there = '0'] = [requests[name], status?.allocatable?.[name]]
    if (compareQuantities(asked, there) <= 0) return []
    return [`${name}, requested: ${units(asked)}, allocatable: ${units(there)}`]
  })
}

function refusal({ facts, name }: Attributes, why: string, cause?: string): ApiError {
  const { code, reason = '', message, details } = forbidden(facts.ref, name, why)
  return new ApiError({ code, reason, message, details: { ...details, ...(cause && { causes: [{ reason: cause }] }) } })
}
