import { isPodEnding } from '../../api/pod_state.ts'
import type { ControllerRevision, KubeObject, OwnerReference, Pod, StatefulSet } from '../../api/types.ts'
import { isMember } from './identity.ts'
import type { Action } from './plan.ts'

/** The pods that the set works with, once the actions have been done. */
export interface OwnedPods {
  readonly pods: readonly Pod[]
  readonly actions: readonly Action[]
}

/** The reference of an object's controller. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)

/**
 * Sorts out whose the pods are: own ones that no longer match are released, matching ones that
 * nobody controls are adopted. A set that is being deleted changes nothing.
 */
export function claimPods(set: StatefulSet, candidates: readonly Pod[]): OwnedPods {
  const pods: Pod[] = []
  const actions: Action[] = []
  const isEnding = set.metadata.deletionTimestamp !== undefined
  for (const pod of candidates) {
    const controller = controllerOf(pod)
    const matches = isMember(set, pod)
    if (controller?.uid === set.metadata.uid) {
      if (matches) pods.push(pod)
      else if (!isEnding) actions.push({ do: 'release-pod', pod })
    } else if (controller === undefined && matches && !isEnding && !isPodEnding(pod)) {
      pods.push(pod)
      actions.push({ do: 'adopt-pod', pod })
    }
  }
  return { pods, actions }
}

/** Revisions that nobody controls belong to the set as soon as they match it. */
export function claimRevisions(set: StatefulSet, revisions: readonly ControllerRevision[]): readonly Action[] {
  if (set.metadata.deletionTimestamp !== undefined) return []
  return revisions
    .filter((revision) => controllerOf(revision) === undefined)
    .map((revision) => ({ do: 'adopt-revision', revision }))
}
