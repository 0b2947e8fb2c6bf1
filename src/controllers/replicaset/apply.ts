import type { ResourceRef } from '../../api/resource.ts'
import { PODS } from '../../api/resources.ts'
import type { ReplicaSet, ReplicaSetStatus } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import type { Client } from '../../client/client.ts'
import { again, done, type Outcome } from '../runtime/controller.ts'
import type { EventRecorder } from '../runtime/events.ts'
import {
  adopt,
  createPods,
  deletePods,
  type PodControl,
  podFromTemplate,
  release,
} from '../runtime/workload/pod_control.ts'
import { saysTheSame, writeStatus } from '../runtime/workload/status_writer.ts'
import type { ReplicaSetPlan, ReplicaSetView } from './decide.ts'
import type { ReplicaKind } from './replica_kind.ts'
import { withFailure } from './status.ts'

interface Means {
  readonly client: Client
  readonly events: EventRecorder
  readonly kind: Pick<ReplicaKind, 'resource' | 'statusOf'>
}

/** Acts on a plan. The status is written even if the work fails, and tells of the failure. */
export async function applyReplicaSet(
  plan: ReplicaSetPlan,
  { set, now }: ReplicaSetView,
  { client, events, kind }: Means,
): Promise<Outcome> {
  const resource = kind.resource as ResourceRef as ResourceRef<ReplicaSet>
  const control: PodControl<ReplicaSet> = { client, events, resource, owner: set }
  await adopt(control, PODS, plan.claimed.adopt)
  await release(control, PODS, plan.claimed.release)
  const failure = await work(control, plan)
  const reason = plan.create > 0 ? 'FailedCreate' : 'FailedDelete'
  const counted: ReplicaSetStatus =
    failure === undefined ? plan.status : withFailure(plan.status, set, { reason, message: messageOf(failure), now })
  const status = kind.statusOf(counted)
  if (!saysTheSame(set.status, status)) await writeStatus(client, resource, set, { status })
  if (failure !== undefined) throw failure
  return plan.lookAgainMs === undefined ? done : again(plan.lookAgainMs)
}

async function work(control: PodControl<ReplicaSet>, plan: ReplicaSetPlan): Promise<unknown> {
  const { owner, resource } = control
  const template = podFromTemplate(resource, owner, owner.spec.template ?? {})
  const made = await createPods(
    control,
    Array.from({ length: plan.create }, () => structuredClone(template)),
  )
  const removed = await deletePods(control, plan.remove)
  return made.failure ?? removed.failure
}
