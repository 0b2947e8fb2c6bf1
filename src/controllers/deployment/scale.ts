import type { Deployment } from '../../api/types.ts'
import { DESIRED } from './annotations.ts'
import { scaleInProportion } from './proportional.ts'
import { isActive, oldestFirst, type SizedSet } from './sized_set.ts'
import { isRolling, replicasOf } from './strategy.ts'

/** Gives the sets of a Deployment its size without rolling it on. */
export function scaleToSize(deployment: Deployment, newest: SizedSet | undefined, old: readonly SizedSet[]): void {
  const single = onlyActive(newest, old)
  if (single !== undefined) {
    single.scale(replicasOf(deployment), deployment)
  } else if (newest !== undefined && isSaturated(deployment, newest)) {
    for (const set of old.filter(isActive)) set.scale(0, deployment)
  } else if (isRolling(deployment)) {
    scaleInProportion(deployment, newest === undefined ? old : [newest, ...old])
  }
}

/** The only set that has pods; if none has, the newest, or the youngest of the old ones. */
function onlyActive(newest: SizedSet | undefined, old: readonly SizedSet[]): SizedSet | undefined {
  const active = [...(newest === undefined ? [] : [newest]), ...old].filter(isActive)
  if (active.length > 1) return undefined
  return active[0] ?? newest ?? oldestFirst(old).at(-1)
}

/** Whether the newest set alone is all that the Deployment wants. */
function isSaturated(deployment: Deployment, { replicas, available, annotations }: SizedSet): boolean {
  const wanted = replicasOf(deployment)
  return replicas === wanted && available === wanted && Number(annotations[DESIRED]) === wanted
}
