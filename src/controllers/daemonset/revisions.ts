import { DAEMON_SETS } from '../../api/resources.ts'
import type { ControllerRevision, DaemonSet, Draft, Pod } from '../../api/types.ts'
import { controllerReferenceTo } from '../runtime/workload/ownership.ts'
import { canonicalJson, templateHash } from '../runtime/workload/template_hash.ts'
import { REVISION_LABEL } from './labels.ts'
import { REVISION_HISTORY_DEFAULT } from './limits.ts'

/** Which revision the pods are to have, and what has to be done to the history for it. */
export interface RevisionPlan {
  readonly hash: string
  readonly create: Draft<ControllerRevision> | undefined
  readonly renumber: { readonly revision: ControllerRevision; readonly number: number } | undefined
  readonly remove: readonly ControllerRevision[]
}

/** A revision holds the template, so that `kubectl rollout undo` can bring it back. */
export function planRevisions(set: DaemonSet, own: readonly ControllerRevision[], pods: readonly Pod[]): RevisionPlan {
  const data = { spec: { template: { ...set.spec.template, $patch: 'replace' } } }
  const text = canonicalJson(data)
  const ordered = own.toSorted((a, b) => a.revision - b.revision)
  const equal = ordered.findLast((revision) => canonicalJson(revision.data) === text)
  const number = (ordered.at(-1)?.revision ?? 0) + 1
  const hash = equal?.metadata.labels?.[REVISION_LABEL] ?? freeHash(set, ordered)
  const live = new Set([hash, ...pods.map(({ metadata }) => metadata.labels?.[REVISION_LABEL])])
  const history = ordered.filter(({ metadata }) => !live.has(metadata.labels?.[REVISION_LABEL] ?? ''))
  const limit = set.spec.revisionHistoryLimit ?? REVISION_HISTORY_DEFAULT
  return {
    hash,
    // Clients compare the text byte by byte with what Go writes for the set.
    create: equal === undefined ? newRevision(set, { hash, data: JSON.parse(text), number }) : undefined,
    renumber: equal === undefined || equal === ordered.at(-1) ? undefined : { revision: equal, number },
    remove: history.slice(0, Math.max(0, history.length - limit)),
  }
}

/** A hash that no other template of the set has. */
function freeHash(set: DaemonSet, revisions: readonly ControllerRevision[]): string {
  const taken = new Set(revisions.map(({ metadata }) => metadata.labels?.[REVISION_LABEL]))
  for (let collisions = set.status?.collisionCount ?? 0; ; collisions++) {
    const hash = templateHash(set.spec.template, collisions)
    if (!taken.has(hash)) return hash
  }
}

function newRevision(
  set: DaemonSet,
  { hash, data, number }: { readonly hash: string; readonly data: object; readonly number: number },
): Draft<ControllerRevision> {
  return {
    metadata: {
      name: `${set.metadata.name}-${hash}`,
      namespace: set.metadata.namespace ?? '',
      labels: { ...set.spec.template.metadata?.labels, [REVISION_LABEL]: hash },
      ...(set.metadata.annotations === undefined ? {} : { annotations: set.metadata.annotations }),
      ownerReferences: [controllerReferenceTo(DAEMON_SETS, set)],
    },
    data,
    revision: number,
  }
}
