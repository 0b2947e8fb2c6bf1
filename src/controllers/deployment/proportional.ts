import type { Deployment } from '../../api/types.ts'
import { ALLOWED } from './annotations.ts'
import { isActive, oldestFirst, type SizedSet, totalOf } from './sized_set.ts'
import { replicasOf, surgeOf } from './strategy.ts'

/** Scales a Deployment in the middle of a roll-out: each set gets its share of what is added or taken. */
export function scaleInProportion(deployment: Deployment, sets: readonly SizedSet[]): void {
  const active = sets.filter(isActive)
  const replicas = replicasOf(deployment)
  const toAdd = (replicas > 0 ? replicas + surgeOf(deployment) : 0) - totalOf(active)
  const sorted = bySize(active, toAdd > 0)
  let added = 0
  const sizes = sorted.map((set) => {
    const share = shareOf(set, deployment, { toAdd, left: toAdd - added })
    added += share
    return set.replicas + share
  })
  for (const [at, set] of sorted.entries()) {
    const leftover = at === 0 ? toAdd - added : 0
    set.scale(Math.max(0, (sizes[at] ?? 0) + leftover), deployment)
  }
}

/** The largest first; of equals the newest when growing, the oldest when shrinking. */
function bySize(sets: readonly SizedSet[], growing: boolean): readonly SizedSet[] {
  const byAge = growing ? oldestFirst(sets).toReversed() : oldestFirst(sets)
  return byAge.toSorted((a, b) => b.replicas - a.replicas)
}

function shareOf(
  set: SizedSet,
  deployment: Deployment,
  { toAdd, left }: { readonly toAdd: number; readonly left: number },
): number {
  if (toAdd === 0 || left === 0) return 0
  const replicas = replicasOf(deployment)
  if (replicas === 0) return -set.replicas
  const allowedBefore = Number(set.annotations[ALLOWED] ?? deployment.status?.replicas ?? 0)
  if (!(allowedBefore > 0)) return 0
  const share = Math.round((set.replicas * (replicas + surgeOf(deployment))) / allowedBefore) - set.replicas
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
}
