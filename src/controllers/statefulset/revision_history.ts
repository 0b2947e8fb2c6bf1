import type { ControllerRevision, Pod, StatefulSet } from '../../api/types.ts'
import { revisionOf } from './identity.ts'
import { REVISION_HISTORY_DEFAULT } from './limits.ts'
import type { Action } from './plan.ts'

/** The old revisions beyond the limit, oldest first. Those that pods were made from do not count. */
export function truncateHistory(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: { readonly ordered: readonly ControllerRevision[]; readonly live: readonly string[] },
): readonly Action[] {
  const limit = set.spec.revisionHistoryLimit ?? REVISION_HISTORY_DEFAULT
  const live = new Set<string | undefined>([...revisions.live, ...pods.map(revisionOf)])
  const history = revisions.ordered.filter(({ metadata }) => !live.has(metadata.name))
  if (limit < 0 || history.length <= limit) return []
  return history.slice(0, history.length - limit).map((revision) => ({ do: 'delete-revision', revision }))
}
