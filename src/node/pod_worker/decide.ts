import { assert } from '../../base/assert.ts'
import type { Millis } from '../../base/clock.ts'
import { PLAN_ACTIONS_MOST } from '../limits.ts'
import { decideRun } from './decide_run.ts'
import { decideTermination } from './decide_termination.ts'
import { deadlineOf, shouldTerminate } from './lifecycle.ts'
import { isMidway } from './midway.ts'
import { statusOf } from './status.ts'
import { type Action, operationKeyOf, type Plan, type PodView } from './view.ts'

/** Collects the moments at which a decision would be another one. */
export class Alarm {
  at: Millis | undefined

  ring(at: Millis): void {
    if (this.at === undefined || at < this.at) this.at = at
  }
}

/**
 * What to do next for one pod. The plan is complete for this moment: an action that is already being
 * done is left out, and `wakeAt` says when time alone makes another plan.
 */
export function decide(view: PodView): Plan {
  const alarm = new Alarm()
  const wanted = shouldTerminate(view) ? decideTermination(view, alarm) : decideRun(view, alarm)
  const actions = oneStartAtATime(
    view,
    wanted.filter((action) => mayBegin(view, action, alarm)),
  )
  assert(actions.length <= PLAN_ACTIONS_MOST, `a plan of ${actions.length} actions for one pod is a mistake`)
  const deadline = deadlineOf(view)
  if (deadline !== undefined && deadline > view.now) alarm.ring(deadline)
  const status = view.gone || isMidway(view, actions) ? undefined : statusOf(view, alarm)
  return { actions, status, wakeAt: alarm.at }
}

/** Containers start in the order in which the pod lists them; a postStart hook holds up whatever comes after it. */
function oneStartAtATime(view: PodView, actions: readonly Action[]): readonly Action[] {
  const isHeldUp = view.hooksPending.size > 0 || [...view.inFlight].some((key) => key.startsWith('start '))
  const next = isHeldUp ? undefined : actions.find((action) => action.do === 'startContainer')
  return actions.filter((action) => action.do !== 'startContainer' || action === next)
}

/** Not while the same is being done, and after a failure not before its time. */
function mayBegin(view: PodView, action: Action, alarm: Alarm): boolean {
  const key = operationKeyOf(action)
  if (view.inFlight.has(key)) return action.do === 'stopContainer' && isShorter(view, action.id, action.graceSeconds)
  const failure = view.failures.get(key)
  if (failure === undefined || failure.retryAt <= view.now) return true
  alarm.ring(failure.retryAt)
  return false
}

/** A second request to stop counts only when it gives less time than the first (a later deletion with a shorter grace period). */
function isShorter(view: PodView, id: string, graceSeconds: number): boolean {
  const graceEnds = view.stopping.get(id)
  return graceEnds !== undefined && view.now + graceSeconds * 1000 < graceEnds - 1000
}
