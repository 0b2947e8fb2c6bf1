import type { UserInfo } from '../../api/request.ts'
import type { KubeObject, Pod } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import { sameJson } from '../metadata.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

const NODES_GROUP = 'system:nodes'
const NODE_USER = 'system:node:'
const LEASE_NAMESPACE = 'kube-node-lease'
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'
/** Labels by which administrators keep workloads away from nodes that might be taken over. */
const RESTRICTED_LABELS = 'node-restriction.kubernetes.io/'

/** The node that a user is the agent of; undefined for everybody else. */
export function nodeOf(user: UserInfo): string | undefined {
  const isNode = user.groups.includes(NODES_GROUP) && user.name.startsWith(NODE_USER)
  return isNode ? user.name.slice(NODE_USER.length) : undefined
}

/**
 * What an agent may change: its own node, its own lease, and the pods on its node. A machine that is
 * taken over must not reach the others through the API.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate(attributes) {
    const node = nodeOf(attributes.user)
    if (node === undefined) return
    const why = RULES[attributes.facts.ref.resource]?.(attributes, node)
    if (why !== undefined) throw forbidden(attributes.facts.ref, attributes.name, why)
  },
}

/** Says why not, or undefined. */
type Rule = (attributes: Attributes, node: string) => string | undefined

const RULES: Readonly<Record<string, Rule>> = { pods: podRule, nodes: nodeRule, leases: leaseRule }

const isOn = (pod: KubeObject | undefined, node: string): boolean => (pod as Pod | undefined)?.spec.nodeName === node

function podRule({ operation, object, old, subresource }: Attributes, node: string): string | undefined {
  if (operation === 'CREATE') {
    const isMirror = object.metadata['annotations']?.[MIRROR_ANNOTATION] !== undefined
    return isMirror && object['spec']?.nodeName === node
      ? undefined
      : `pod does not have "${MIRROR_ANNOTATION}" annotation, node "${node}" can only create mirror pods`
  }
  if (operation === 'DELETE') {
    return isOn(old, node) ? undefined : `node "${node}" can only delete pods with spec.nodeName set to itself`
  }
  if (subresource !== 'status') return `node "${node}" cannot change pods but for their status`
  return isOn(old, node)
    ? undefined
    : `node "${node}" can only update pod status for pods with spec.nodeName set to itself`
}

function nodeRule({ operation, name, object, old }: Attributes, node: string): string | undefined {
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`
  if (operation === 'DELETE') return `node "${node}" is not allowed to delete itself`
  if (!sameJson(object.metadata['ownerReferences'] ?? [], old?.metadata.ownerReferences ?? [])) {
    return `node "${node}" is not allowed to modify ownerReferences`
  }
  const before = restrictedLabels(old?.metadata.labels)
  return sameJson(restrictedLabels(object.metadata['labels']), before)
    ? undefined
    : `node "${node}" is not allowed to modify labels below ${RESTRICTED_LABELS}`
}

const restrictedLabels = (labels: Readonly<Record<string, string>> = {}): object =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith(RESTRICTED_LABELS)))

function leaseRule({ namespace, name }: Attributes, node: string): string | undefined {
  if (namespace !== LEASE_NAMESPACE) return `can only access leases in the "${LEASE_NAMESPACE}" system namespace`
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}
