import type { Deployment } from '../../api/types.ts'
import { availableOf, isActive, oldestFirst, type SizedSet, totalOf } from './sized_set.ts'
import { maxUnavailableOf, replicasOf, surgeOf } from './strategy.ts'

/** How large the newest set may be: as large as wanted, but all sets together within the surge. */
export function newestSize(deployment: Deployment, current: number, total: number): number {
  const wanted = replicasOf(deployment)
  const room = wanted + surgeOf(deployment) - total
  return room <= 0 ? current : current + Math.min(room, wanted - current)
}

/** One step of a rolling update: first the newest set grows, and only if it cannot do the old ones shrink. */
export function rollOn(deployment: Deployment, newest: SizedSet, old: readonly SizedSet[]): void {
  const wanted = replicasOf(deployment)
  const size = newest.replicas > wanted ? wanted : newestSize(deployment, newest.replicas, totalOf([...old, newest]))
  if (size !== newest.replicas) newest.scale(size, deployment)
  else shrinkOld(deployment, newest, old)
}

function shrinkOld(deployment: Deployment, newest: SizedSet, old: readonly SizedSet[]): void {
  const active = old.filter(isActive)
  const minAvailable = replicasOf(deployment) - maxUnavailableOf(deployment)
  const missingOfNewest = newest.replicas - newest.available
  const most = totalOf([...old, newest]) - minAvailable - missingOfNewest
  if (active.length === 0 || most <= 0) return
  dropUnavailable(deployment, active, most)
  takeFrom(deployment, active, Math.max(0, availableOf([...old, newest]) - minAvailable))
}

/** Pods that do not serve anyway go first: that takes nothing away. */
function dropUnavailable(deployment: Deployment, sets: readonly SizedSet[], most: number): void {
  let left = most
  for (const set of oldestFirst(sets)) {
    const count = Math.min(left, Math.max(0, set.replicas - set.available))
    if (count > 0) set.scale(set.replicas - count, deployment)
    left -= count
  }
}

function takeFrom(deployment: Deployment, sets: readonly SizedSet[], most: number): void {
  let left = most
  for (const set of oldestFirst(sets)) {
    const count = Math.min(left, set.replicas)
    if (count > 0) set.scale(set.replicas - count, deployment)
    left -= count
  }
}
