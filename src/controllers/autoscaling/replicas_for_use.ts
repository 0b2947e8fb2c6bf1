import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { groupPods, type PodGroups, type Samples } from './pod_groups.ts'
import { MetricError, requestsOf } from './samples.ts'

/** What a decision about one resource is made from. */
export interface UseView {
  readonly resource: string
  /** Only this container counts; undefined: the whole pod. */
  readonly container: string | undefined
  readonly pods: readonly Pod[]
  readonly samples: Samples
  readonly replicas: number
  /** How far from the target use may be. */
  readonly tolerance: { readonly up: number; readonly down: number }
  readonly now: Millis
}

export interface UseProposal {
  readonly replicas: number
  /** The average of a pod, in thousandths. */
  readonly averageMilli: number
  /** Percent of what was asked for. */
  readonly utilization?: number
}

interface Measured {
  /** Use as a multiple of the target. */
  readonly ratio: number
  readonly averageMilli: number
  readonly utilization?: number
}

/** How one way of looking at use works: by share of the requests, or by plain amount. */
interface Yardstick {
  readonly measure: (values: ReadonlyMap<string, number>) => Measured
  /** What a pod without figures counts with, when the others would have some go. */
  readonly full: (pod: string) => number
}

/** As many replicas as bring use to `percent` of what the pods ask for. @throws MetricError */
export function replicasForUtilization(view: UseView, percent: number): UseProposal {
  requirePods(view)
  const requests = requestsOf(view.pods, view.resource, view.container)
  return propose(view, {
    measure: (values) => utilizationOf(values, requests, percent),
    full: (pod) => requests.get(pod) ?? 0,
  })
}

/** As many replicas as bring a pod's use to `targetMilli` on average. @throws MetricError */
export function replicasForAverage(view: UseView, targetMilli: number): UseProposal {
  requirePods(view)
  return propose(view, { measure: (values) => averageOf(values, targetMilli), full: () => targetMilli })
}

function requirePods({ pods }: UseView): void {
  if (pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count')
}

function utilizationOf(
  values: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  percent: number,
): Measured {
  const known = [...values].filter(([pod]) => requests.has(pod))
  const used = known.reduce((sum, [, value]) => sum + value, 0)
  const asked = known.reduce((sum, [pod]) => sum + (requests.get(pod) ?? 0), 0)
  if (asked === 0) throw new MetricError('no metrics returned matched known pods')
  const utilization = Math.trunc((used * 100) / asked)
  return { ratio: utilization / percent, utilization, averageMilli: Math.trunc(used / known.length) }
}

function averageOf(values: ReadonlyMap<string, number>, targetMilli: number): Measured {
  const used = [...values.values()].reduce((sum, value) => sum + value, 0)
  const averageMilli = Math.trunc(used / values.size)
  return { ratio: averageMilli / targetMilli, averageMilli }
}

/**
 * Decides by the pods that are ready. Those that could pull the other way are then counted in: on the
 * way up as using nothing, on the way down as using all they may. What would turn the direction
 * is no change.
 */
function propose(view: UseView, { measure, full }: Yardstick): UseProposal {
  const { pods, samples, replicas, resource, now } = view
  const groups = groupPods(pods, samples, resource, now)
  const values = readyValues(samples, groups)
  if (values.size === 0) {
    throw new MetricError('did not receive metrics for targeted pods (pods might be unready)')
  }
  const { ratio, ...seen } = measure(values)
  const isUp = ratio > 1
  const countsUnready = groups.unready.length > 0 && isUp
  if (!countsUnready && groups.missing.length === 0) {
    return { ...seen, replicas: isWithin(view, ratio) ? replicas : Math.ceil(ratio * groups.ready) }
  }
  if (ratio < 1) for (const pod of groups.missing) values.set(pod, full(pod))
  if (isUp) for (const pod of groups.missing) values.set(pod, 0)
  if (countsUnready) for (const pod of groups.unready) values.set(pod, 0)
  const careful = measure(values).ratio
  const turns = (ratio < 1 && careful > 1) || (isUp && careful < 1)
  if (isWithin(view, careful) || turns) return { ...seen, replicas }
  const wanted = Math.ceil(careful * values.size)
  const goesBack = (careful < 1 && wanted > replicas) || (careful > 1 && wanted < replicas)
  return { ...seen, replicas: goesBack ? replicas : wanted }
}

function readyValues(samples: Samples, { unready, ignored }: PodGroups): Map<string, number> {
  const values = new Map([...samples].map(([pod, { value }]) => [pod, value]))
  for (const pod of [...unready, ...ignored]) values.delete(pod)
  return values
}

const isWithin = ({ tolerance }: UseView, ratio: number): boolean =>
  1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up
