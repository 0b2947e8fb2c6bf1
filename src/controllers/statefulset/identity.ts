import { STATEFUL_SETS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { OwnerReference, Pod, StatefulSet } from '../../api/types.ts'
import { controllerReferenceTo } from '../runtime/workload/ownership.ts'
import { claimNameOf } from './claims.ts'
import { POD_INDEX_LABEL, POD_NAME_LABEL, REVISION_LABEL } from './labels.ts'
import { parsePodName } from './pod_name.ts'

export const ordinalOf = (pod: Pod): number => parsePodName(pod.metadata.name).ordinal

export const podNameOf = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`

export const startOrdinalOf = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0

export const replicasOf = (set: StatefulSet): number => set.spec.replicas ?? 1

/** Whether the set wants a pod with this ordinal. */
export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinalOf(set)
  return ordinal >= start && ordinal < start + replicasOf(set)
}

/** The owner reference that makes the set the pod's controller. */
export const controllerReferenceOf = (owner: StatefulSet): OwnerReference => controllerReferenceTo(STATEFUL_SETS, owner)

/** The revision from which the pod was made; undefined for a pod that was made by hand. */
export const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[REVISION_LABEL]

/** Whether the pod is one of the set's by its labels and its name. */
export function isMember(set: StatefulSet, pod: Pod): boolean {
  const parent = parsePodName(pod.metadata.name).parent
  return parent === set.metadata.name && matchesLabels(set.spec.selector, pod.metadata.labels)
}

/** The labels that give the pod its identity. */
export function identityLabels(podName: string, ordinal: number): Readonly<Record<string, string>> {
  return { [POD_NAME_LABEL]: podName, [POD_INDEX_LABEL]: String(ordinal) }
}

/** The pod-index label alone does not count: upstream adds it only when it repairs the pod's name as well. */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod)
  const isNamed = ordinal >= 0 && pod.metadata.name === podNameOf(set, ordinal)
  return isNamed && pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name
}

/** Whether the pod uses the claim of its ordinal for each claim template. */
export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  const templates = set.spec.volumeClaimTemplates ?? []
  if (templates.length === 0) return true
  const ordinal = ordinalOf(pod)
  const claimNames = new Map(
    (pod.spec.volumes ?? []).map(({ name, persistentVolumeClaim }) => [name, persistentVolumeClaim?.claimName]),
  )
  return templates.every(
    (template) => claimNames.get(template.metadata?.name ?? '') === claimNameOf(set, template, ordinal),
  )
}
