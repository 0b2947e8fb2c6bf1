import { isAlreadyExists, isNotFound } from '../../api/error.ts'
import { DEPLOYMENTS, REPLICA_SETS } from '../../api/resources.ts'
import type { Deployment } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import type { Client } from '../../client/client.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { again, done, type Outcome } from '../runtime/controller.ts'
import type { EventRecorder } from '../runtime/events.ts'
import { adopt, release } from '../runtime/workload/pod_control.ts'
import { writeStatus } from '../runtime/workload/status_writer.ts'
import { CREATE_FAILED, tell } from './conditions.ts'
import { hasDeadline } from './strategy.ts'
import type { DeploymentPlan, DeploymentView, SetAction } from './view.ts'

interface Performer {
  readonly client: Client
  readonly events: EventRecorder
  readonly view: DeploymentView
}

/** Acts on a plan: whose the sets are, the sets, the status. */
export async function applyDeployment(plan: DeploymentPlan, performer: Performer): Promise<Outcome> {
  const { client, view } = performer
  const owner = { client, resource: DEPLOYMENTS, owner: view.deployment }
  await adopt(owner, REPLICA_SETS, plan.claimed.adopt)
  await release(owner, REPLICA_SETS, plan.claimed.release)
  for (const action of plan.actions) await perform(performer, action)
  if (plan.written !== undefined) await writeStatus(client, DEPLOYMENTS, view.deployment, plan.written)
  return plan.lookAgainMs === undefined ? done : again(plan.lookAgainMs)
}

async function perform(performer: Performer, action: SetAction): Promise<void> {
  const { client } = performer
  switch (action.do) {
    case 'create':
      return create(performer, action)
    case 'change':
      await client.patch(REPLICA_SETS, refOf(action.set), { type: 'merge', body: action.body })
      return tellScaled(performer, action.set.metadata.name, action)
    case 'delete': {
      const { uid, resourceVersion } = action.set.metadata
      return unless(isNotFound, client.delete(REPLICA_SETS, refOf(action.set), { uid, resourceVersion }))
    }
  }
}

async function create(performer: Performer, { draft, replicas }: Extract<SetAction, { do: 'create' }>): Promise<void> {
  const { name } = draft.metadata
  try {
    await performer.client.create(REPLICA_SETS, draft)
  } catch (error) {
    if (!isAlreadyExists(error)) await tellNotCreated(performer, name, error)
    throw error
  }
  tellScaled(performer, name, { from: 0, to: replicas })
}

async function tellNotCreated({ client, events, view }: Performer, name: string, error: unknown): Promise<void> {
  const { deployment, now } = view
  const message = `Failed to create new replica set "${name}": ${messageOf(error)}`
  events.record(deployment, 'Warning', CREATE_FAILED, message)
  if (!hasDeadline(deployment)) return
  const told = { now, status: 'False', reason: CREATE_FAILED, message } as const
  const conditions = [...tell(deployment.status?.conditions ?? [], 'Progressing', told)]
  await writeStatus(client, DEPLOYMENTS, deployment, { status: { ...deployment.status, conditions } })
}

function tellScaled(
  { events, view }: Performer,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const deployment: Deployment = view.deployment
  if (from === to) return
  const direction = to > from ? 'up' : 'down'
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`
  events.record(deployment, 'Normal', 'ScalingReplicaSet', message)
}
