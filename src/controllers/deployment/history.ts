import type { Deployment } from '../../api/types.ts'
import { revisionOf } from './annotations.ts'
import { UNLIMITED } from './limits.ts'
import type { SizedSet } from './sized_set.ts'
import type { SetAction } from './view.ts'

/** The old sets beyond the limit, oldest revision first; one that still has pods stays for now. */
export function surplusHistory({ spec }: Deployment, old: readonly SizedSet[]): readonly SetAction[] {
  const limit = spec.revisionHistoryLimit ?? UNLIMITED
  const alive = old.filter(({ set }) => set.metadata.deletionTimestamp === undefined)
  if (limit === UNLIMITED || alive.length <= limit) return []
  const ordered = alive.toSorted((a, b) => Number(revisionOf(a.set) - revisionOf(b.set)))
  return ordered
    .slice(0, alive.length - limit)
    .filter(isEmpty)
    .map(({ set }) => ({ do: 'delete', set }))
}

const isEmpty = ({ before, set }: SizedSet): boolean =>
  before === 0 &&
  (set.status?.replicas ?? 0) === 0 &&
  (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0)
