import { keyOf } from '../../api/resource.ts'
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Node } from '../../api/types.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { candidatesOf, indexByOwner, ownedBy, ownersConcerned } from '../runtime/workload/ownership.ts'
import { saysTheSame } from '../runtime/workload/status_writer.ts'
import { applyDaemonSet } from './apply.ts'
import { type DaemonSetPlan, type DaemonSetView, decideDaemonSet } from './decide.ts'

/** Keeps one pod of each DaemonSet on each node that it means. Keys are sets. */
export function createDaemonSetController(deps: ControllerDeps): Controller<DaemonSetView, DaemonSetPlan> {
  const { informers, clock, events } = deps
  const sets = informers.of(DAEMON_SETS)
  const pods = informers.of(PODS)
  const nodes = informers.of(NODES)
  const revisions = informers.of(CONTROLLER_REVISIONS)
  indexByOwner(pods)
  indexByOwner(revisions)
  return {
    name: 'daemonset',
    watches: [
      watchRule(DAEMON_SETS, (change) => [change.key]),
      watchRule(PODS, (change) =>
        ownersConcerned(sets, DAEMON_SETS.kind, change, ({ spec }, pod) =>
          matchesLabels(spec.selector, pod.metadata.labels),
        ),
      ),
      watchRule(NODES, ({ previous, current }) => (isSamePlace(previous, current) ? [] : sets.list().map(keyOf))),
      watchRule(CONTROLLER_REVISIONS, () => []),
    ],
    view(key) {
      const set = sets.get(key)
      if (set === undefined) return undefined
      return {
        set,
        nodes: nodes.list(),
        candidates: candidatesOf(pods, set),
        revisions: ownedBy(revisions, set.metadata.uid),
        now: clock.now(),
      }
    },
    decide: decideDaemonSet,
    apply: (plan, view, client) => applyDaemonSet(plan, view, { client, events }),
  }
}

/** Heartbeats change nothing that a set looks at. */
function isSamePlace(previous: Node | undefined, current: Node | undefined): boolean {
  if (previous === undefined || current === undefined) return false
  const essence = ({ metadata, spec }: Node) => ({ labels: metadata.labels ?? {}, taints: spec.taints ?? [] })
  return saysTheSame(essence(previous), essence(current))
}
