import { isPodEnding } from '../../api/pod_state.ts'
import type { DaemonSet, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { isPodAvailable } from '../runtime/workload/availability.ts'
import { portion } from '../runtime/workload/portion.ts'
import { REVISION_LABEL } from './labels.ts'

/** One node that is to have a pod, and the pods that it has, oldest first. */
export interface Place {
  readonly nodeName: string
  readonly pods: readonly Pod[]
}

export interface UpdateContext {
  readonly set: DaemonSet
  readonly hash: string
  readonly now: Millis
}

/** What brings the places to the newest template without taking away more than allowed. */
export interface UpdateStep {
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
}

export const isUpdated = ({ metadata }: Pod, hash: string): boolean => metadata.labels?.[REVISION_LABEL] === hash

/** How many places may have a new pod beside the old one. */
export const surgeOf = ({ spec }: DaemonSet, places: number): number =>
  spec.updateStrategy?.type === 'OnDelete'
    ? 0
    : portion(spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, places, 'up')

export function rollOn(context: UpdateContext, places: readonly Place[]): UpdateStep {
  if (context.set.spec.updateStrategy?.type === 'OnDelete') return { create: [], remove: [] }
  const surge = surgeOf(context.set, places.length)
  return surge === 0 ? replaceInPlace(context, places) : surgeOver(context, places, surge)
}

const isServing = ({ set, now }: UpdateContext, pod: Pod | undefined): boolean =>
  pod !== undefined && !isPodEnding(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)

/** Old pods that do not serve anyway go at once; others as far as the allowed number of missing ones goes. */
function replaceInPlace(context: UpdateContext, places: readonly Place[]): UpdateStep {
  const { set, hash } = context
  const most = Math.max(1, portion(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, places.length, 'up'))
  const missing = places.filter(({ pods }) => !pods.some((pod) => isServing(context, pod))).length
  const old = places.flatMap(({ pods }) => pods.filter((pod) => !isPodEnding(pod) && !isUpdated(pod, hash)))
  const broken = old.filter((pod) => !isServing(context, pod))
  const serving = old.filter((pod) => isServing(context, pod))
  return { create: [], remove: [...broken, ...serving.slice(0, Math.max(0, most - missing))] }
}

/** The new pod comes first; the old one goes when it serves, or at once if it does not serve itself. */
function surgeOver(context: UpdateContext, places: readonly Place[], surge: number): UpdateStep {
  const { hash } = context
  const [create, remove]: [string[], Pod[]] = [[], []]
  const isDouble = ({ pods }: Place) =>
    pods.some((pod) => isUpdated(pod, hash)) && pods.some((pod) => !isUpdated(pod, hash))
  let room = Math.max(0, surge - places.filter(isDouble).length)
  for (const { nodeName, pods } of places) {
    const old = pods.find((pod) => !isPodEnding(pod) && !isUpdated(pod, hash))
    if (old === undefined) continue
    const fresh = pods.find((pod) => isUpdated(pod, hash))
    if (isServing(context, fresh) || (fresh === undefined && !isServing(context, old))) remove.push(old)
    else if (fresh === undefined && room-- > 0) create.push(nodeName)
  }
  return { create, remove }
}
