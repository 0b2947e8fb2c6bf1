import { PODS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { KubeObject } from '../../api/types.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { candidatesOf, controllerOf, indexByOwner, ownedBy, ownersConcerned } from '../runtime/workload/ownership.ts'
import { applyReplicaSet } from './apply.ts'
import { decideReplicaSet, type ReplicaSetPlan, type ReplicaSetView } from './decide.ts'
import { REPLICA_SET, REPLICATION_CONTROLLER, type ReplicaKind } from './replica_kind.ts'

type ReplicaController = Controller<ReplicaSetView, ReplicaSetPlan>

/** Keeps as many pods as each ReplicaSet wants. Keys are sets. */
export const createReplicaSetController = (deps: ControllerDeps): ReplicaController => create(deps, REPLICA_SET)

/** The same for ReplicationControllers, from which ReplicaSets come. */
export const createReplicationController = (deps: ControllerDeps): ReplicaController =>
  create(deps, REPLICATION_CONTROLLER)

function create<T extends KubeObject>(deps: ControllerDeps, kind: ReplicaKind<T>): ReplicaController {
  const { informers, clock, events } = deps
  const sets = informers.of(kind.resource)
  const pods = informers.of(PODS)
  indexByOwner(sets)
  indexByOwner(pods)
  const siblingsOf = (set: T): readonly T[] => {
    const owner = controllerOf(set)
    return owner === undefined ? [set] : ownedBy(sets, owner.uid)
  }
  return {
    name: kind.name,
    watches: [
      watchRule(kind.resource, (change) => [change.key]),
      watchRule(PODS, (change) =>
        ownersConcerned(sets, kind.resource.kind, change, (set, pod) =>
          matchesLabels(kind.asSet(set).spec.selector, pod.metadata.labels),
        ),
      ),
    ],
    view(key) {
      const set = sets.get(key)
      if (set === undefined) return undefined
      const relatives = siblingsOf(set).flatMap(({ metadata }) => ownedBy(pods, metadata.uid))
      return { set: kind.asSet(set), candidates: candidatesOf(pods, set), relatives, now: clock.now() }
    },
    decide: decideReplicaSet,
    apply: (plan, view, client) => applyReplicaSet(plan, view, { client, events, kind }),
  }
}
