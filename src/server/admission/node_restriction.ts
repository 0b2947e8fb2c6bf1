import type { UserInfo } from '../../api/request.ts'
import type { KubeObject, Node, Pod } from '../../api/types.ts'
import { forbidden, qualifiedResource } from '../api_errors.ts'
import { sameContent } from '../metadata.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

const NODES_GROUP = 'system:nodes'
const NODE_USER = 'system:node:'
const LEASE_NAMESPACE = 'kube-node-lease'
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

/** The node that a user is the agent of; undefined for everybody else. */
export function nodeOf(user: UserInfo): string | undefined {
  const isNode = user.groups.includes(NODES_GROUP) && user.name.startsWith(NODE_USER)
  return isNode ? user.name.slice(NODE_USER.length) : undefined
}

/**
 * What an agent may change: its own node, its own lease, the pods on its node, tokens for them, and
 * events. It is a list of what is allowed, as lists of what is forbidden have been got round: a
 * machine that is taken over must not reach the others through the API, whatever roles say.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate(attributes) {
    const node = nodeOf(attributes.user)
    if (node === undefined) return
    const { facts, name } = attributes
    const rule = RULES[qualifiedResource(facts.ref)]
    const why = rule === undefined ? `node "${node}" cannot change ${facts.ref.resource}` : rule(attributes, node)
    if (why !== undefined) throw forbidden(facts.ref, name, why)
  },
}

/** Says why not, or undefined. */
type Rule = (attributes: Attributes, node: string) => string | undefined

const RULES: Readonly<Record<string, Rule>> = {
  pods: podRule,
  nodes: nodeRule,
  'leases.coordination.k8s.io': leaseRule,
  events: () => undefined,
  'events.events.k8s.io': () => undefined,
  'csinodes.storage.k8s.io': ownRule,
}

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

function ownRule({ name }: Attributes, node: string): string | undefined {
  return name === node ? undefined : `node "${node}" can only change what has its own name`
}

function nodeRule({ operation, name, object, old, subresource }: Attributes, node: string): string | undefined {
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`
  if (operation === 'DELETE') return `node "${node}" is not allowed to delete itself`
  const before = old as Node | undefined
  const labels = changedLabels(object.metadata['labels'], before?.metadata.labels).filter(isForbiddenLabel)
  if (labels.length > 0) return `is not allowed to modify labels: ${labels.join(', ')}`
  if (!sameContent(object.metadata['ownerReferences'] ?? [], before?.metadata.ownerReferences ?? [])) {
    return `node "${node}" is not allowed to modify ownerReferences`
  }
  if (!sameContent(object.metadata['finalizers'] ?? [], before?.metadata.finalizers ?? [])) {
    return `node "${node}" is not allowed to modify finalizers`
  }
  return before === undefined || subresource !== undefined
    ? undefined
    : specRule(object as unknown as Node, before, node)
}

/** Taints that say how the node itself does; it takes them away when it is well. */
const OWN_TAINTS = 'node.kubernetes.io/'

function specRule({ spec }: Node, { spec: before }: Node, node: string): string | undefined {
  const { taints = [], ...rest } = spec
  const { taints: tainted = [], ...restBefore } = before
  if (!sameContent(rest, restBefore)) return `node "${node}" is not allowed to modify its spec`
  const kept = tainted.filter((taint) => taints.some((one) => sameContent(one, taint)))
  const gone = tainted.filter((taint) => !kept.includes(taint))
  const mayGo = gone.every(({ key }) => key.startsWith(OWN_TAINTS))
  return kept.length === taints.length && mayGo ? undefined : `node "${node}" is not allowed to modify taints`
}

type Labels = Readonly<Record<string, string>>

function changedLabels(after: Labels = {}, before: Labels = {}): string[] {
  const keys = new Set([...Object.keys(after), ...Object.keys(before)])
  return [...keys].filter((key) => after[key] !== before[key]).sort()
}

/** Labels of Kubernetes that a node may give itself; by all others of that domain workloads are kept apart. */
const NODE_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
])
const NODE_LABEL_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io']

function isForbiddenLabel(key: string): boolean {
  const slash = key.indexOf('/')
  const domain = slash < 0 ? '' : key.slice(0, slash)
  const isWithin = (suffix: string): boolean => domain === suffix || domain.endsWith(`.${suffix}`)
  if (!isWithin('kubernetes.io') && !isWithin('k8s.io')) return false
  return !NODE_LABELS.has(key) && !NODE_LABEL_DOMAINS.some(isWithin)
}

function leaseRule({ namespace, name }: Attributes, node: string): string | undefined {
  if (namespace !== LEASE_NAMESPACE) return `can only access leases in the "${LEASE_NAMESPACE}" system namespace`
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}
