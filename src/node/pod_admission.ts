import { clashes, hostPortsOf } from '../api/host_ports.ts'
import { type ResourceTotals, requestsOf, totalsOf } from '../api/pod_requests.ts'
import type { Pod } from '../api/types.ts'
import type { Rejection } from './pod_worker/view.ts'

/** What a pod needs of its node. */
export interface NodeOffer {
  readonly allocatable: Readonly<Record<string, string>>
}

/** The pods that a node has taken and that have not ended. */
export interface Taken {
  /** No more than these. */
  readonly atMost: number
  /** They are counted only if it matters. */
  readonly pods: () => readonly Pod[]
}

/**
 * Whether a node takes a pod that was given to it: whoever bound it may not have looked, or too early.
 * Pure; undefined: it is taken.
 */
export function rejectionOf(pod: Pod, taken: Taken, node: NodeOffer): Rejection | undefined {
  const isFree = hostPortsOf(pod).length === 0 && ![...requestsOf(pod).values()].some((amount) => amount > 0)
  if (isFree && taken.atMost < (totalsOf(node.allocatable).get('pods') ?? 0)) return undefined
  const others = taken.pods()
  return lacking(pod, others, node) ?? portTaken(pod, others)
}

/** A resource that the node does not know at all is somebody else's matter. */
function lacking(pod: Pod, others: readonly Pod[], { allocatable }: NodeOffer): Rejection | undefined {
  const most = totalsOf(allocatable)
  const pods = most.get('pods') ?? 0
  if (others.length + 1 > pods) return outOf('pods', { requested: 1, used: others.length, capacity: pods })
  for (const [name, requested] of requestsOf(pod)) {
    const capacity = most.get(name)
    if (capacity === undefined || requested === 0) continue
    const used = sumOf(others.map(requestsOf), name)
    if (requested + used > capacity) return outOf(name, { requested, used, capacity })
  }
  return undefined
}

const sumOf = (all: readonly ResourceTotals[], name: string): number =>
  all.reduce((sum, one) => sum + (one.get(name) ?? 0), 0)

function outOf(name: string, of: { requested: number; used: number; capacity: number }): Rejection {
  const message = `Node didn't have enough resource: ${name}, requested: ${of.requested}, used: ${of.used}, capacity: ${of.capacity}`
  return { reason: `OutOf${name}`, message }
}

function portTaken(pod: Pod, others: readonly Pod[]): Rejection | undefined {
  const wanted = hostPortsOf(pod)
  const isTaken =
    wanted.length > 0 && others.flatMap(hostPortsOf).some((taken) => wanted.some((one) => clashes(one, taken)))
  return isTaken ? predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports") : undefined
}

const predicate = (reason: string, why: string): Rejection => ({
  reason,
  message: `Predicate ${reason} failed: ${why}`,
})
