import { isPodEnding, isPodFinished } from '../../api/pod_state.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { ControllerRevision, DaemonSet, DaemonSetStatus, Node, Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { nextAvailableInMs } from '../runtime/workload/availability.ts'
import { POD_BURST_MAX } from '../runtime/workload/limits.ts'
import { type Claimed, claim } from '../runtime/workload/ownership.ts'
import { FAILED_POD_RETRY_MS } from './limits.ts'
import { type NodeWish, nodeOf, wishFor } from './nodes.ts'
import { planRevisions, type RevisionPlan } from './revisions.ts'
import { isUpdated, rollOn, surgeOf } from './rolling_update.ts'
import { statusOf } from './status.ts'

export interface DaemonSetView {
  readonly set: DaemonSet
  readonly nodes: readonly Node[]
  /** The pods that the set controls, and those of its namespace that nobody controls. */
  readonly candidates: readonly Pod[]
  readonly revisions: readonly ControllerRevision[]
  readonly now: Millis
}

export interface DaemonSetPlan {
  readonly claimed: Claimed<Pod>
  readonly revisions: RevisionPlan
  /** Names of nodes that get a pod. */
  readonly create: readonly string[]
  /** Pods that have ended by themselves, and are told of before they make room for another. */
  readonly replaced: readonly Pod[]
  readonly remove: readonly Pod[]
  readonly status: DaemonSetStatus
  readonly lookAgainMs: Millis | undefined
}

/** What is known of one node. */
interface NodeState extends NodeWish {
  readonly nodeName: string
  readonly pods: readonly Pod[]
}

/** Keeps one pod on each node that the set means. Pure. */
export function decideDaemonSet(view: DaemonSetView): DaemonSetPlan {
  const { set, now } = view
  const claimed = claim(set, view.candidates, ({ metadata }) => matchesLabels(set.spec.selector, metadata.labels))
  const revisions = planRevisions(set, view.revisions, claimed.own)
  const states = statesOf(view, claimed.own)
  const isEnding = set.metadata.deletionTimestamp !== undefined
  const moves = isEnding ? NO_MOVES : movesOf(states, { set, hash: revisions.hash, now })
  const isAtRest = moves.create.length + moves.remove.length + moves.replaced.length === 0 && !isEnding
  const step = isAtRest
    ? rollOn(
        { set, hash: revisions.hash, now },
        states.filter(({ run }) => run),
      )
    : NO_MOVES
  const waits = [moves.waitMs, nextAvailableInMs(claimed.own, set.spec.minReadySeconds ?? 0, now)]
  const ahead = waits.filter((wait) => wait !== undefined)
  return {
    claimed,
    revisions: isEnding ? { ...revisions, create: undefined, renumber: undefined, remove: [] } : revisions,
    create: [...moves.create, ...step.create].slice(0, POD_BURST_MAX),
    replaced: moves.replaced,
    remove: [...moves.remove, ...step.remove].slice(0, POD_BURST_MAX),
    status: statusOf(set, states, { hash: revisions.hash, now }),
    lookAgainMs: ahead.length === 0 ? undefined : Math.min(...ahead),
  }
}

interface Moves {
  readonly create: readonly string[]
  readonly replaced: readonly Pod[]
  readonly remove: readonly Pod[]
  readonly waitMs: Millis | undefined
}

const NO_MOVES: Moves = { create: [], replaced: [], remove: [], waitMs: undefined }

/** All nodes with their pods; pods of nodes that are not known are left to the pod garbage collector. */
function statesOf({ set, nodes }: DaemonSetView, pods: readonly Pod[]): readonly NodeState[] {
  const byNode = Map.groupBy(pods, (pod) => nodeOf(pod) ?? '')
  return nodes.map((node) => {
    const nodeName = node.metadata.name
    return { nodeName, ...wishFor(set, node), pods: (byNode.get(nodeName) ?? []).toSorted(oldestFirst) }
  })
}

const oldestFirst = (a: Pod, b: Pod): number => bornAt(a) - bornAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1)

const bornAt = ({ metadata }: Pod): Millis => fromRfc3339(metadata.creationTimestamp) ?? 0

function movesOf(
  states: readonly NodeState[],
  context: { readonly set: DaemonSet; readonly hash: string; readonly now: Millis },
): Moves {
  const places = states.filter(({ run }) => run).length
  const pods = (of: (state: NodeState) => readonly Pod[]) => states.flatMap(of).filter((pod) => !isPodEnding(pod))
  const kept = states.filter(({ stay }) => stay)
  const finished = pods((state) => (state.stay ? state.pods.filter(isPodFinished) : []))
  const due = finished.filter((pod) => bornAt(pod) + FAILED_POD_RETRY_MS <= context.now)
  return {
    create: states.filter(({ run, pods: own }) => run && own.length === 0).map(({ nodeName }) => nodeName),
    replaced: due,
    remove: [
      ...pods((state) => (state.stay ? [] : state.pods)),
      ...kept.flatMap((state) => surplus(state, context.hash, surgeOf(context.set, places) > 0)),
    ],
    waitMs: finished.length > due.length ? FAILED_POD_RETRY_MS : undefined,
  }
}

/** The oldest pod of a node stays; with a surge, the oldest of the newest template besides. */
function surplus({ pods }: NodeState, hash: string, hasSurge: boolean): readonly Pod[] {
  const running = pods.filter((pod) => !isPodEnding(pod) && !isPodFinished(pod))
  if (!hasSurge) return running.slice(1)
  const fresh = running.filter((pod) => isUpdated(pod, hash))
  return [...fresh.slice(1), ...running.filter((pod) => !isUpdated(pod, hash)).slice(1)]
}
