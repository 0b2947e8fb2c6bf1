import { isPodFinished } from '../api/pod_state.ts'
import { keyOf, type ObjectKey } from '../api/resource.ts'
import { NODES, PODS } from '../api/resources.ts'
import type { Pod } from '../api/types.ts'
import type { CacheChange, Informers } from '../client/informer.ts'
import type { NodeInfo } from './framework.ts'
import { PodTally } from './pod_tally.ts'

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
  const tallies = createTallies()
  const assumed = new Map<ObjectKey, Pod>()

  /** An assumption ends when the cache shows the pod on a node, or no longer shows that pod. */
  function see({ key, current }: CacheChange<Pod>): void {
    const expected = assumed.get(key)
    if (expected !== undefined && current?.metadata.uid === expected.metadata.uid && !current.spec.nodeName) return
    assumed.delete(key)
    tallies.count(key, current)
  }

  informers.of(PODS).onChange(see)
  return {
    nodeInfos: () => nodes.list().map((node) => ({ node, tally: tallies.of(node.metadata.name) })),
    assume(pod, nodeName) {
      const there = { ...pod, spec: { ...pod.spec, nodeName } }
      assumed.set(keyOf(pod), there)
      tallies.count(keyOf(pod), there)
    },
    forget(pod) {
      if (assumed.delete(keyOf(pod))) tallies.count(keyOf(pod), undefined)
    },
    isAssumed: (pod) => assumed.get(keyOf(pod))?.metadata.uid === pod.metadata.uid,
  }
}

interface Tallies {
  of(nodeName: string): PodTally
  /** Counts this version of a pod instead of the last one; only pods that have a node and still run count. */
  count(key: ObjectKey, pod: Pod | undefined): void
}

function createTallies(): Tallies {
  const byNode = new Map<string, PodTally>()
  const counted = new Map<ObjectKey, Pod>()
  const none = new PodTally()
  return {
    of: (nodeName) => byNode.get(nodeName) ?? none,
    count(key, pod) {
      const before = counted.get(key)
      if (before?.spec.nodeName) leave(byNode, before, before.spec.nodeName)
      counted.delete(key)
      if (!pod?.spec.nodeName || isPodFinished(pod)) return
      enter(byNode, pod, pod.spec.nodeName)
      counted.set(key, pod)
    },
  }
}

function enter(byNode: Map<string, PodTally>, pod: Pod, nodeName: string): void {
  const tally = byNode.get(nodeName) ?? new PodTally()
  byNode.set(nodeName, tally)
  tally.add(pod)
}

function leave(byNode: Map<string, PodTally>, pod: Pod, nodeName: string): void {
  const tally = byNode.get(nodeName)
  tally?.remove(pod)
  if (tally?.count === 0) byNode.delete(nodeName)
}
