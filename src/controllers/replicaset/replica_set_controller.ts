import { PODS, REPLICA_SETS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { ReplicaSet } from '../../api/types.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { candidatesOf, controllerOf, indexByOwner, ownedBy, ownersConcerned } from '../runtime/workload/ownership.ts'
import { applyReplicaSet } from './apply.ts'
import { decideReplicaSet, type ReplicaSetPlan, type ReplicaSetView } from './decide.ts'

/** Keeps as many pods as each ReplicaSet wants. Keys are sets. */
export function createReplicaSetController(deps: ControllerDeps): Controller<ReplicaSetView, ReplicaSetPlan> {
  const { informers, clock, events } = deps
  const sets = informers.of(REPLICA_SETS)
  const pods = informers.of(PODS)
  indexByOwner(sets)
  indexByOwner(pods)
  const siblingsOf = (set: ReplicaSet): readonly ReplicaSet[] => {
    const owner = controllerOf(set)
    return owner === undefined ? [set] : ownedBy(sets, owner.uid)
  }
  return {
    name: 'replicaset',
    watches: [
      watchRule(REPLICA_SETS, (change) => [change.key]),
      watchRule(PODS, (change) =>
        ownersConcerned(sets, REPLICA_SETS.kind, change, ({ spec }, pod) =>
          matchesLabels(spec.selector, pod.metadata.labels),
        ),
      ),
    ],
    view(key) {
      const set = sets.get(key)
      if (set === undefined) return undefined
      const relatives = siblingsOf(set).flatMap(({ metadata }) => ownedBy(pods, metadata.uid))
      return { set, candidates: candidatesOf(pods, set), relatives, now: clock.now() }
    },
    decide: decideReplicaSet,
    apply: (plan, view, client) => applyReplicaSet(plan, view, { client, events }),
  }
}
