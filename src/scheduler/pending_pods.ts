import { isPodFinished } from '../api/pod_state.ts'
import { keyOf, type ObjectKey } from '../api/resource.ts'
import { PODS } from '../api/resources.ts'
import type { Node, PersistentVolume, Pod } from '../api/types.ts'
import type { CacheChange, Informers } from '../client/informer.ts'
import { isToBePlaced } from './decide.ts'
import { claimNamesOf } from './pod_claims.ts'
import { requiredAffinity } from './pod_terms.ts'

const PENDING = 'scheduler/pending'
const BY_CLAIM = 'scheduler/claim'
const WITH_AFFINITY = 'scheduler/affinity'

/** Which pods without a node a change of the cluster concerns. */
export interface PendingPods {
  all(): readonly ObjectKey[]
  withClaims(): readonly ObjectKey[]
  usingClaim(claimKey: ObjectKey): readonly ObjectKey[]
  /** A volume for a certain claim concerns the pods of that claim; one that anybody may have, all that wait for claims. */
  afterVolume(change: CacheChange<PersistentVolume>): readonly ObjectKey[]
  afterPod(change: CacheChange<Pod>): readonly ObjectKey[]
  afterNode(change: CacheChange<Node>): readonly ObjectKey[]
}

/** Call before the caches start: it indexes the pods that have no node. */
export function createPendingPods(informers: Informers, schedulerName: string): PendingPods {
  const pods = informers.of(PODS)
  const isPending = (pod: Pod) => isToBePlaced(pod, schedulerName)
  pods.addIndex(PENDING, (pod) => (isPending(pod) ? [''] : []))
  pods.addIndex(BY_CLAIM, (pod) =>
    isPending(pod) ? claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`) : [],
  )
  const wantsOthers = (pod: Pod) => isPending(pod) && requiredAffinity(pod).length > 0
  pods.addIndex(WITH_AFFINITY, (pod) => (wantsOthers(pod) ? [''] : []))
  const pending = () => pods.byIndex(PENDING, '')
  const all = () => pending().map(keyOf)
  const usingClaim = (claimKey: ObjectKey) => pods.byIndex(BY_CLAIM, claimKey).map(keyOf)
  const withClaims = () =>
    pending()
      .filter((pod) => claimNamesOf(pod).length > 0)
      .map(keyOf)
  return {
    all,
    withClaims,
    usingClaim,
    afterVolume({ previous, current }) {
      const claimRef = (current ?? previous)?.spec.claimRef
      return claimRef === undefined ? withClaims() : usingClaim(`${claimRef.namespace}/${claimRef.name}`)
    },
    afterPod(change) {
      const { key, current } = change
      if (current !== undefined && isPending(current)) return [key]
      if (madeRoom(change)) return all()
      return current?.spec.nodeName ? pods.byIndex(WITH_AFFINITY, '').map(keyOf) : []
    },
    afterNode: (change) => (isBetter(change) ? all() : []),
  }
}

/** A pod left its node, or no longer stands in the way by its labels. */
function madeRoom({ previous, current }: CacheChange<Pod>): boolean {
  if (!previous?.spec.nodeName || isPodFinished(previous)) return false
  if (current === undefined || isPodFinished(current)) return true
  return JSON.stringify(previous.metadata.labels) !== JSON.stringify(current.metadata.labels)
}

/** What filters look at has changed; a node's heartbeat has not. */
function isBetter({ previous, current }: CacheChange<Node>): boolean {
  if (current === undefined) return true
  const facts = (node: Node | undefined) =>
    JSON.stringify([node?.metadata.labels, node?.spec?.taints, node?.spec?.unschedulable, node?.status?.allocatable])
  return facts(previous) !== facts(current)
}
