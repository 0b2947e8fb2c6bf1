import { isPodFinished } from '../api/pod_state.ts'
import { keyOf, type ObjectKey } from '../api/resource.ts'
import { NODES, PODS } from '../api/resources.ts'
import type { Pod } from '../api/types.ts'
import type { Informers } from '../client/informer.ts'
import type { NodeInfo } from './framework.ts'
import { add, type ResourceTotals, requestsOf } from './pod_requests.ts'

const BY_NODE = 'scheduler/node'

/** The nodes with what runs on them, and the pods that were sent to a node which the caches do not show yet. */
export interface ClusterState {
  nodeInfos(): readonly NodeInfo[]
  /** Counts the pod as being on the node from now on. */
  assume(pod: Pod, nodeName: string): void
  /** The pod did not get there after all. */
  forget(pod: Pod): void
  isAssumed(pod: Pod): boolean
}

/** Call before the caches start. */
export function createClusterState(informers: Informers): ClusterState {
  const nodes = informers.of(NODES)
  const pods = informers.of(PODS)
  const assumed = new Map<ObjectKey, Pod>()
  pods.addIndex(BY_NODE, (pod) => (pod.spec.nodeName && !isPodFinished(pod) ? [pod.spec.nodeName] : []))

  /** An assumption ends when the cache shows the pod on a node, or no longer shows that pod. */
  function stillAssumed(): readonly Pod[] {
    for (const [key, pod] of assumed) {
      const seen = pods.get(key)
      if (seen === undefined || seen.metadata.uid !== pod.metadata.uid || seen.spec.nodeName) assumed.delete(key)
    }
    return [...assumed.values()]
  }

  return {
    nodeInfos() {
      const onTheirWay = Map.groupBy(stillAssumed(), (pod) => pod.spec.nodeName)
      return nodes.list().map((node) => {
        const there = pods.byIndex(BY_NODE, node.metadata.name)
        const coming = onTheirWay.get(node.metadata.name)
        const all = coming === undefined ? there : [...there, ...coming]
        return { node, pods: all, requested: sumOf(all) }
      })
    },
    assume: (pod, nodeName) => assumed.set(keyOf(pod), { ...pod, spec: { ...pod.spec, nodeName } }),
    forget: (pod) => assumed.delete(keyOf(pod)),
    isAssumed: (pod) => stillAssumed().some((other) => other.metadata.uid === pod.metadata.uid),
  }
}

/** A node's list stays the same array until one of its pods changes, so each is added up once. */
const sums = new WeakMap<readonly Pod[], ResourceTotals>()

function sumOf(pods: readonly Pod[]): ResourceTotals {
  const known = sums.get(pods)
  if (known !== undefined) return known
  const totals = new Map<string, number>()
  for (const pod of pods) add(totals, requestsOf(pod))
  sums.set(pods, totals)
  return totals
}
