import type { Pod } from '../api/types.ts'
import { interPodAffinity } from './filters/inter_pod_affinity.ts'
import { nodeAffinity } from './filters/node_affinity.ts'
import { nodePorts } from './filters/node_ports.ts'
import { nodeUnschedulable } from './filters/node_unschedulable.ts'
import { resourcesFit } from './filters/resources_fit.ts'
import { taintToleration } from './filters/taint_toleration.ts'
import { topologySpread } from './filters/topology_spread.ts'
import { volumeBinding } from './filters/volume_binding.ts'
import { volumeRestrictions } from './filters/volume_restrictions.ts'
import type { Filter, NodeInfo, Rejection, SchedulingContext } from './framework.ts'
import { NO_NODES, obstacleMessage, rejectionMessage } from './message.ts'
import { bestNode } from './rank.ts'
import { type VolumePlan, volumesFor } from './volume_plan.ts'

/** In upstream's order: the first that says no gives the reason. */
const FILTERS: readonly Filter[] = [
  nodeUnschedulable,
  taintToleration,
  nodeAffinity,
  nodePorts,
  resourcesFit,
  volumeRestrictions,
  volumeBinding,
  topologySpread,
  interPodAffinity,
]

export interface SchedulingView extends SchedulingContext {
  /** A fraction that decides between nodes which are equally good. */
  readonly draw: number
}

export type SchedulingPlan =
  | { readonly action: 'bind'; readonly nodeName: string }
  /** The pod's claims get volumes for this node first; the pod is looked at again when they have them. */
  | { readonly action: 'prepareVolumes'; readonly nodeName: string; readonly volumes: VolumePlan }
  | { readonly action: 'reject'; readonly message: string }

/** Where a pod goes, or why nowhere. Pure. */
export function decideNode(view: SchedulingView): SchedulingPlan {
  const { pod, nodes, claims } = view
  if (nodes.length === 0) return { action: 'reject', message: NO_NODES }
  if (claims.obstacle !== undefined) {
    return { action: 'reject', message: obstacleMessage(nodes.length, claims.obstacle) }
  }
  const rejections: Rejection[] = []
  const feasible = nodes.filter((info) => {
    const rejection = firstRejection(view, info)
    if (rejection !== undefined) rejections.push(rejection)
    return rejection === undefined
  })
  const best = bestNode(view, feasible, view.draw)
  return best === undefined ? { action: 'reject', message: rejectionMessage(pod, rejections) } : planFor(view, best)
}

function firstRejection(context: SchedulingContext, info: NodeInfo): Rejection | undefined {
  for (const filter of FILTERS) {
    const rejection = filter(context, info)
    if (rejection !== undefined) return rejection
  }
  return undefined
}

function planFor(view: SchedulingView, { node }: NodeInfo): SchedulingPlan {
  const nodeName = node.metadata.name
  const volumes = volumesFor(view, node)
  const waits = volumes !== undefined && volumes.match.length + volumes.provision.length > 0
  return waits ? { action: 'prepareVolumes', nodeName, volumes } : { action: 'bind', nodeName }
}

/** Pods that the scheduler of this name has to place. */
export function isToBePlaced(pod: Pod, schedulerName: string): boolean {
  const mine = (pod.spec.schedulerName ?? schedulerName) === schedulerName
  const gated = (pod.spec.schedulingGates ?? []).length > 0
  return mine && !gated && !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined && isOpen(pod)
}

const isOpen = ({ status }: Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
