import { isNotFound } from '../../api/error.ts'
import { STATEFUL_SETS } from '../../api/resources.ts'
import type { StatefulSet, StatefulSetStatus } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { again, done, type Outcome } from '../runtime/controller.ts'
import type { EventRecorder } from '../runtime/events.ts'
import { inGrowingBatches } from './batches.ts'
import { confirmOnce, type Performer, perform } from './perform.ts'
import type { Phase, Plan } from './plan.ts'

/** Acts on a plan. The status is written even if the work fails; the first failure is thrown. */
export async function apply(
  plan: Plan,
  set: StatefulSet,
  deps: { readonly client: Client; readonly events: EventRecorder },
): Promise<Outcome> {
  const { client, events } = deps
  const performer: Performer = { client, events, set, confirmSet: confirmOnce(client, set) }
  for (const action of plan.prepare) await perform(performer, action)
  const failures: unknown[] = []
  const attempt = (work: Promise<void>) => work.catch((error) => void failures.push(error))
  await attempt(performPhases(performer, plan.phases))
  await attempt(writeStatus(client, set, plan.status))
  for (const action of plan.cleanUp) await attempt(perform(performer, action))
  if (failures.length > 0) throw failures[0]
  return plan.wakeAfterMs === undefined ? done : again(plan.wakeAfterMs)
}

async function performPhases(performer: Performer, phases: readonly Phase[]): Promise<void> {
  for (const { burst, actions } of phases) {
    if (burst) await inGrowingBatches(actions, (action) => perform(performer, action))
    else for (const action of actions) await perform(performer, action)
  }
}

/** A patch that names the set's uid: it fits whatever the spec has become meanwhile. */
async function writeStatus(client: Client, set: StatefulSet, status: StatefulSetStatus | undefined): Promise<void> {
  if (status === undefined) return
  const absent = Object.keys(set.status ?? {}).map((field) => [field, null] as const)
  const body = { metadata: { uid: set.metadata.uid }, status: { ...Object.fromEntries(absent), ...status } }
  await unless(isNotFound, client.patch(STATEFUL_SETS, refOf(set), { type: 'merge', body, subresource: 'status' }))
}
