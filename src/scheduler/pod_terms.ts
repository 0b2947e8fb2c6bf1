import { matchesLabels } from '../api/selector_match.ts'
import type { LabelSelector, Namespace, Pod } from '../api/types.ts'
import type { NodeInfo } from './framework.ts'

/** A term of pod affinity or anti-affinity. */
export type PodTerm = NonNullable<
  NonNullable<NonNullable<Pod['spec']['affinity']>['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number]

type NamespaceLookup = (name: string) => Namespace | undefined

/** Whether `other` is one of the pods that a term of `owner` speaks of. */
export function termMeans(term: PodTerm, owner: Pod, other: Pod, namespaces: NamespaceLookup): boolean {
  const selector = selectorOf(term, owner)
  return (
    selector !== undefined &&
    inNamespaces(term, owner, other, namespaces) &&
    matchesLabels(selector, other.metadata.labels)
  )
}

/** `matchLabelKeys` add the owner's own values to the selector, `mismatchLabelKeys` forbid them. */
function selectorOf(term: PodTerm, owner: Pod): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  if (labelSelector === undefined) return undefined
  const labels = owner.metadata.labels ?? {}
  const expressions = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  return {
    ...labelSelector,
    matchExpressions: [
      ...(labelSelector.matchExpressions ?? []),
      ...expressions(matchLabelKeys, 'In'),
      ...expressions(mismatchLabelKeys, 'NotIn'),
    ],
  }
}

function inNamespaces(term: PodTerm, owner: Pod, other: Pod, namespaces: NamespaceLookup): boolean {
  const name = other.metadata.namespace ?? ''
  const { namespaces: named = [], namespaceSelector } = term
  if (named.includes(name)) return true
  if (namespaceSelector !== undefined) return matchesLabels(namespaceSelector, namespaces(name)?.metadata.labels)
  return named.length === 0 && name === owner.metadata.namespace
}

/** The value of a topology key on a node. */
export const topologyOf = ({ node }: NodeInfo, key: string): string | undefined => node.metadata.labels?.[key]

export const requiredAffinity = (pod: Pod): readonly PodTerm[] =>
  pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []

export const requiredAntiAffinity = (pod: Pod): readonly PodTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
