import type { Draft, PersistentVolumeClaim, StatefulSet } from '../../api/types.ts'
import type { ClaimWork } from './plan.ts'
import { parsePodName } from './pod_name.ts'
import type { ClaimLookup } from './view.ts'

type ClaimTemplate = NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number]

/** `data-web-0`: template, set, ordinal. */
export function claimNameOf(set: StatefulSet, template: ClaimTemplate, ordinal: number): string {
  return `${template.metadata?.name ?? ''}-${set.metadata.name}-${ordinal}`
}

/** The names of the claims that the pod with this ordinal uses. */
export function claimNamesOf(set: StatefulSet, ordinal: number): readonly string[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => claimNameOf(set, template, ordinal))
}

/** The claim of one template and ordinal; the selector's labels win over those of the template. */
function newClaim(set: StatefulSet, template: ClaimTemplate, ordinal: number): Draft<PersistentVolumeClaim> {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  const merged = { ...labels, ...set.spec.selector.matchLabels }
  return {
    metadata: {
      name: claimNameOf(set, template, ordinal),
      namespace: set.metadata.namespace ?? '',
      ...(Object.keys(merged).length > 0 ? { labels: merged } : {}),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    spec: template.spec ?? {},
  }
}

/** What is to be done about the claims of one ordinal before its pod can use them. */
export function claimWork(set: StatefulSet, ordinal: number, claimNamed: ClaimLookup): ClaimWork {
  const missing: Draft<PersistentVolumeClaim>[] = []
  const ending: string[] = []
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimNameOf(set, template, ordinal)
    const claim = claimNamed(name)
    if (claim === undefined) missing.push(newClaim(set, template, ordinal))
    else if (claim.metadata.deletionTimestamp !== undefined) ending.push(name)
  }
  return { missing, ending }
}

export const isNoWork = ({ missing, ending }: ClaimWork): boolean => missing.length === 0 && ending.length === 0

/** Whether the name of a claim is one that the set's pods use, whatever the ordinal. */
export function usesClaim(set: StatefulSet, name: string): boolean {
  const { parent, ordinal } = parsePodName(name)
  return (set.spec.volumeClaimTemplates ?? []).some(
    (template) => ordinal >= 0 && parent === `${template.metadata?.name}-${set.metadata.name}`,
  )
}
