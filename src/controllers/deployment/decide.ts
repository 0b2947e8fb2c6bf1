import { isPodFinished } from '../../api/pod_state.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { DeploymentStatus } from '../../api/types.ts'
import { claim } from '../runtime/workload/ownership.ts'
import { saysTheSame } from '../runtime/workload/status_writer.ts'
import { DESIRED, newestSetAnnotations, REVISION, revisionOf } from './annotations.ts'
import type { Condition } from './conditions.ts'
import { surplusHistory } from './history.ts'
import { isNewest, newSet } from './newest_set.ts'
import { lookForDeadlineMs, withFailures, withNewest, withPause, withProgress } from './progress.ts'
import { newestSize, rollOn } from './rolling_update.ts'
import { scaleToSize } from './scale.ts'
import { isActive, oldestFirst, SizedSet, totalOf } from './sized_set.ts'
import { statusOf } from './status.ts'
import { hasDeadline, isComplete, isRolling, replicasOf } from './strategy.ts'
import type { DeploymentPlan, DeploymentView, NewSet, SetAction } from './view.ts'

/** What one decision works with. */
interface Work {
  readonly view: DeploymentView
  readonly newest: SizedSet | undefined
  readonly old: readonly SizedSet[]
  readonly revision: bigint
  readonly collisionCount: number | undefined
}

/** One step of a Deployment towards what it wants. Pure. */
export function decideDeployment(view: DeploymentView): DeploymentPlan {
  const { deployment, now } = view
  const claimed = claim(deployment, view.candidates, ({ metadata }) =>
    matchesLabels(deployment.spec.selector, metadata.labels),
  )
  const work = sortOut(
    view,
    claimed.own.map((set) => new SizedSet(set)),
  )
  const isEnding = deployment.metadata.deletionTimestamp !== undefined
  const creation = isEnding ? undefined : rearrange(work)
  const { status, isRollout } = statusAfter(work, creation)
  const written = writtenOf(work, status, creation)
  return {
    claimed,
    actions: isEnding ? [] : actionsOf(work, creation),
    written,
    lookAgainMs: isRollout ? lookForDeadlineMs(deployment, status, now) : undefined,
  }
}

/** Which set is the newest, and what it has to say about itself. */
function sortOut(view: DeploymentView, sets: readonly SizedSet[]): Work {
  const { deployment } = view
  const newest = oldestFirst(sets).find(({ set }) => isNewest(set, deployment))
  const old = sets.filter((set) => set !== newest)
  const revision = greatest(old.map(({ set }) => revisionOf(set))) + 1n
  if (newest !== undefined) {
    newest.annotations = newestSetAnnotations(deployment, newest.annotations, revision)
    newest.minReadySeconds = deployment.spec.minReadySeconds ?? 0
  }
  return { view, newest, old, revision, collisionCount: deployment.status?.collisionCount }
}

const greatest = (numbers: readonly bigint[]): bigint => numbers.reduce((most, one) => (one > most ? one : most), 0n)

/** Sizes the sets; answers the set that has to be made first. */
function rearrange(work: Work): Creation | undefined {
  const { view, newest, old } = work
  const { deployment } = view
  if (isOnlyScaled(work)) scaleToSize(deployment, newest, old)
  else if (isRolling(deployment)) {
    if (newest === undefined) return creationOf(work)
    rollOn(deployment, newest, old)
  } else if (!emptied(work)) {
    if (newest === undefined) return creationOf(work)
    newest.scale(replicasOf(deployment), deployment)
  }
  return undefined
}

/** A paused Deployment is only scaled, and one whose size has changed is scaled before it rolls on. */
function isOnlyScaled({ view, newest, old }: Work): boolean {
  const { deployment } = view
  if (deployment.spec.paused === true) return true
  return [...old, ...(newest ? [newest] : [])].filter(isActive).some(({ annotations }) => {
    const desired = annotations[DESIRED]
    return desired !== undefined && Number(desired) !== replicasOf(deployment)
  })
}

/** Recreate: whether old sets were only now told to go, or still have pods that have not ended. */
function emptied({ view, old }: Work): boolean {
  const told = old.filter(isActive)
  for (const set of told) set.scale(0, view.deployment)
  const remains = ({ set }: SizedSet) =>
    (set.status?.replicas ?? 0) > 0 || view.podsOf(set).some((pod) => !isPodFinished(pod))
  return told.length > 0 || old.some(remains)
}

interface Creation {
  readonly draft: NewSet
  readonly collisionCount: number | undefined
}

/** The new set under the first name that is free. */
function creationOf({ view, old, revision, collisionCount }: Work): Creation {
  const { deployment } = view
  const replicas = isRolling(deployment) ? newestSize(deployment, 0, totalOf(old)) : replicasOf(deployment)
  for (let collisions = collisionCount ?? 0; ; collisions++) {
    const draft = newSet(deployment, { revision, replicas, collisionCount: collisions })
    const isFree = view.setNamed(draft.metadata.name) === undefined
    if (isFree) return { draft, collisionCount: collisions === (collisionCount ?? 0) ? collisionCount : collisions }
  }
}

function statusAfter(work: Work, creation: Creation | undefined): { status: DeploymentStatus; isRollout: boolean } {
  const { view, newest, old } = work
  const { deployment, now } = view
  const newestName = newest?.set.metadata.name ?? creation?.draft.metadata.name
  const before: readonly Condition[] = deployment.status?.conditions ?? []
  const paused = hasDeadline(deployment) ? withPause(deployment, before, now) : before
  const begun =
    newestName === undefined || !hasDeadline(deployment)
      ? paused
      : withNewest(paused, { name: newestName, isNew: creation !== undefined, now })
  const sets = newest === undefined ? old : [...old, newest]
  const collisionCount = creation?.collisionCount ?? work.collisionCount
  const status = statusOf({ deployment, newest, sets, conditions: begun, collisionCount, now })
  if (isOnlyScaled(work)) return { status, isRollout: false }
  const told = withProgress(status, { deployment, newestName, now })
  return {
    status: { ...told, conditions: [...withFailures(told.conditions ?? [], [newest, ...old])] },
    isRollout: true,
  }
}

/** The Deployment takes over the revision of its newest set. */
function writtenOf(work: Work, status: DeploymentStatus, creation: Creation | undefined): DeploymentPlan['written'] {
  const { deployment } = work.view
  const revision = work.newest?.annotations[REVISION] ?? creation?.draft.metadata.annotations?.[REVISION]
  const isNumbered = revision === undefined || deployment.metadata.annotations?.[REVISION] === revision
  if (isNumbered && saysTheSame(deployment.status, status)) return undefined
  return isNumbered ? { status } : { status, annotations: { [REVISION]: revision } }
}

/** Sets that grow come before those that shrink only by their place: each is a request of its own. */
function actionsOf(work: Work, creation: Creation | undefined): readonly SetAction[] {
  const { view, newest, old } = work
  const { deployment } = view
  const changes = [...(newest ? [newest] : []), ...old].flatMap((set) => set.action() ?? [])
  const mayForget = deployment.spec.paused === true || isComplete(deployment, deployment.status)
  const forgotten = mayForget ? surplusHistory(deployment, old) : []
  const made: readonly SetAction[] =
    creation === undefined ? [] : [{ do: 'create', draft: creation.draft, replicas: creation.draft.spec.replicas ?? 0 }]
  return [...made, ...changes, ...forgotten]
}
