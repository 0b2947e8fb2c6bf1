import { type FieldError, invalid } from '../../field_error.ts'
import type { PodSpec } from '../../types.ts'
import { goNamed, goSame } from '../../validation/go_names.ts'

type Affinity = NonNullable<PodSpec['affinity']>
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>
type Terms = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms']
type Term = Terms[number]

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'

/** What is wrong with new wishes for a node: while a pod waits at its gates they may only become narrower. */
export const gatedPodErrors = (spec: PodSpec, old: PodSpec): FieldError[] => [
  ...nodeSelectorErrors(spec.nodeSelector, old.nodeSelector),
  ...nodeAffinityErrors(spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity),
]

/** The spec as if the wishes for a node were what they had been. */
export function withOldNodeWishes(spec: PodSpec, old: PodSpec): PodSpec {
  const affinity = oldNodeAffinityIn(spec.affinity, old.affinity)
  const { affinity: _affinity, nodeSelector: _selector, ...rest } = spec
  return {
    ...rest,
    ...(old.nodeSelector === undefined ? {} : { nodeSelector: old.nodeSelector }),
    ...(affinity === undefined ? {} : { affinity }),
  }
}

function oldNodeAffinityIn(affinity: Affinity | undefined, old: Affinity | undefined): Affinity | undefined {
  const before = old?.nodeAffinity
  if (goSame('*core.NodeAffinity', affinity?.nodeAffinity, before)) return affinity
  if (affinity === undefined) return before === undefined ? undefined : { nodeAffinity: before }
  const { nodeAffinity: _after, ...others } = affinity
  if (old === undefined && others.podAffinity === undefined && others.podAntiAffinity === undefined) return undefined
  return before === undefined ? others : { ...others, nodeAffinity: before }
}

function nodeSelectorErrors(selector: PodSpec['nodeSelector'], old: PodSpec['nodeSelector']): FieldError[] {
  const kept = Object.entries(old ?? {}).every(([key, value]) => selector?.[key] === value)
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
  return kept ? [] : [invalid('spec.nodeSelector', goNamed('map[string]string', selector), detail)]
}

function nodeAffinityErrors(affinity: NodeAffinity | undefined, old: NodeAffinity | undefined): FieldError[] {
  const field = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`
  const before = old?.[REQUIRED]?.nodeSelectorTerms ?? []
  const after = affinity?.[REQUIRED]?.nodeSelectorTerms
  if (before.length > 0 && before.length !== (after ?? []).length) {
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    return [invalid(field, goNamed('[]core.NodeSelectorTerm', after), detail)]
  }
  return before.flatMap((term, index) => {
    const now = after?.[index] ?? {}
    const detail = 'only additions are allowed (no mutations or deletions)'
    if (onlyAdds(now, term)) return []
    return [invalid(`${field}[${index}]`, goNamed('core.NodeSelectorTerm', now), detail)]
  })
}

/** A term without conditions means no node at all: conditions would widen it. */
function onlyAdds(term: Term, old: Term): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const
  const isEmpty = (one: Term) => lists.every((list) => (one[list] ?? []).length === 0)
  if (isEmpty(old)) return isEmpty(term)
  return lists.every((list) => {
    const before = old[list] ?? []
    return goSame('[]core.NodeSelectorRequirement', (term[list] ?? []).slice(0, before.length), before)
  })
}
