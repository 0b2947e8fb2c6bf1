import { detailsText, type PodLike, reasonsText, violationsOf } from '../../api/pod_security/evaluate.ts'
import { isFullyPrivileged, isStricter, levelText, policyOf, samePolicyOf } from '../../api/pod_security/policy.ts'
import type { KubeObject, Namespace, Pod } from '../../api/types.ts'
import { forbidden, invalid } from '../api_errors.ts'
import { POD_SECURITY_PODS_MAX } from '../limits.ts'
import { headObject } from '../storage.ts'
import type { AdmissionContext, AdmissionPlugin, Attributes } from './admission.ts'

/** Where a resource keeps its pod, or the template of its pods. */
const POD_OF: Readonly<Record<string, readonly string[]>> = {
  pods: [],
  podtemplates: ['template'],
  replicationcontrollers: ['spec', 'template'],
  'replicasets.apps': ['spec', 'template'],
  'deployments.apps': ['spec', 'template'],
  'statefulsets.apps': ['spec', 'template'],
  'daemonsets.apps': ['spec', 'template'],
  'jobs.batch': ['spec', 'template'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
}

/** Of a pod's subresources these two change what the pod may do. */
const POD_SUBRESOURCES: readonly (string | undefined)[] = [undefined, 'ephemeralcontainers', 'resize']

/**
 * Holds pods to the level that their namespace's labels say. What is refused for a pod is a warning for a
 * workload, as its pods come later.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate(attributes, context) {
    if (attributes.operation !== 'CREATE' && attributes.operation !== 'UPDATE') return
    const { group, resource } = attributes.facts.ref
    const qualified = group === '' ? resource : `${resource}.${group}`
    if (qualified === 'namespaces') return checkNamespace(attributes, context)
    const path = POD_OF[qualified]
    if (path === undefined || isPassedOver(attributes, qualified)) return
    checkPod(attributes, context, path)
  },
}

const isPassedOver = ({ subresource, operation, object, old }: Attributes, qualified: string): boolean => {
  if (qualified !== 'pods') return subresource !== undefined
  if (!POD_SUBRESOURCES.includes(subresource)) return true
  return operation === 'UPDATE' && !changesImages(object as unknown as Pod, old as Pod)
}

/** Of what an update may change, only images and new containers matter. */
function changesImages({ spec }: Pod, { spec: before }: Pod): boolean {
  const lists = [
    [spec.containers, before.containers],
    [spec.initContainers ?? [], before.initContainers ?? []],
  ] as const
  const differ = lists.some(
    ([now, then]) => now.length !== then.length || now.some((one, at) => one.image !== then[at]?.image),
  )
  const known = new Map((before.ephemeralContainers ?? []).map(({ name, image }) => [name, image]))
  return (
    differ || (spec.ephemeralContainers ?? []).some(({ name, image }) => !known.has(name) || known.get(name) !== image)
  )
}

function checkPod(attributes: Attributes, { store }: AdmissionContext, path: readonly string[]): void {
  const { facts, namespace, name, object, warn } = attributes
  const labels = headObject<Namespace>(store, 'namespaces', '', namespace)?.metadata.labels
  const { policy } = policyOf(labels)
  if (isFullyPrivileged(policy)) return
  const pod = podAt(object as unknown as KubeObject, path)
  if (pod === undefined) return
  const refused = path.length === 0 ? violationsOf(policy.enforce, pod) : []
  if (refused.length > 0) {
    throw forbidden(facts.ref, name, `violates PodSecurity "${levelText(policy.enforce)}": ${detailsText(refused)}`)
  }
  const told = violationsOf(policy.warn, pod)
  if (told.length > 0) warn(`would violate PodSecurity "${levelText(policy.warn)}": ${detailsText(told)}`)
}

function podAt(object: KubeObject, path: readonly string[]): PodLike | undefined {
  let at: unknown = object
  for (const field of path) at = (at as Readonly<Record<string, unknown>> | undefined)?.[field]
  return (at as PodLike | undefined)?.spec === undefined ? undefined : (at as PodLike)
}

/** Labels must be right when they are new; what a stricter level has against pods that are there is told. */
function checkNamespace(
  { facts, name, object, old, operation, subresource, warn }: Attributes,
  context: AdmissionContext,
) {
  if (subresource !== undefined) return
  const { policy, errors } = policyOf(object.metadata['labels'])
  const before = policyOf(old?.metadata.labels)
  const areNew = operation === 'CREATE' || JSON.stringify(errors) !== JSON.stringify(before.errors)
  if (errors.length > 0 && areNew) throw invalid({ group: '', kind: facts.ref.kind }, name, errors)
  if (operation === 'CREATE') return
  const { enforce } = policy
  const was = before.policy.enforce
  if (enforce.level === 'privileged' || samePolicyOf(enforce, was)) return
  if (enforce.version === was.version && !isStricter(enforce.level, was.level)) return
  for (const text of namespaceWarnings(
    name,
    [...context.podsIn(name)],
    (pod) => reasonsText(violationsOf(enforce, pod)),
    levelText(enforce),
  ))
    warn(text)
}

/** Pods with the same faults share a line, which names the first of them. */
function namespaceWarnings(
  namespace: string,
  pods: readonly Pod[],
  faultsOf: (pod: Pod) => string,
  level: string,
): string[] {
  const checked = unlikePodsFirst(pods).slice(0, POD_SECURITY_PODS_MAX)
  const names = new Map<string, string[]>()
  for (const pod of checked) {
    const faults = faultsOf(pod)
    if (faults !== '') names.set(faults, [...(names.get(faults) ?? []), pod.metadata.name].sort())
  }
  const lines = [...names].map(([faults, [first = '', ...others]]) => `${first}${othersText(others.length)}: ${faults}`)
  const cut = `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`
  return [
    ...(checked.length < pods.length ? [cut] : []),
    ...(lines.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${level}"`]
      : []),
    ...lines.sort(),
  ]
}

const othersText = (count: number): string =>
  count === 0 ? '' : ` (and ${count} other ${count === 1 ? 'pod' : 'pods'})`

/** One pod of each controller before the others, which are most likely the same. */
function unlikePodsFirst(pods: readonly Pod[]): Pod[] {
  const seen = new Set<string>()
  const isFirst = ({ metadata }: Pod): boolean => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
    if (owner === undefined) return true
    const first = !seen.has(owner)
    seen.add(owner)
    return first
  }
  const firsts = new Set(pods.filter(isFirst))
  return [...firsts, ...pods.filter((pod) => !firsts.has(pod))]
}
