import { isNotFound } from '../../api/error.ts'
import { CONTROLLER_REVISIONS, DAEMON_SETS, PODS } from '../../api/resources.ts'
import type { DaemonSet } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { again, done, type Outcome } from '../runtime/controller.ts'
import type { EventRecorder } from '../runtime/events.ts'
import { adopt, createPods, deletePods, type PodControl, release } from '../runtime/workload/pod_control.ts'
import { saysTheSame, writeStatus } from '../runtime/workload/status_writer.ts'
import type { DaemonSetPlan, DaemonSetView } from './decide.ts'
import { newPod } from './new_pod.ts'
import { nodeOf } from './nodes.ts'
import type { RevisionPlan } from './revisions.ts'

/** Acts on a plan. The status is written even if pods cannot be made or deleted. */
export async function applyDaemonSet(
  plan: DaemonSetPlan,
  { set }: DaemonSetView,
  performer: { readonly client: Client; readonly events: EventRecorder },
): Promise<Outcome> {
  const { client } = performer
  const control: PodControl<DaemonSet> = { ...performer, resource: DAEMON_SETS, owner: set }
  await adopt(control, PODS, plan.claimed.adopt)
  await release(control, PODS, plan.claimed.release)
  await keepHistory(client, plan.revisions)
  tellReplaced(control, plan)
  const made = await createPods(
    control,
    plan.create.map((nodeName) => newPod(set, plan.revisions.hash, nodeName)),
  )
  const removed = await deletePods(control, [...plan.replaced, ...plan.remove])
  if (!saysTheSame(set.status, plan.status)) await writeStatus(client, DAEMON_SETS, set, { status: plan.status })
  const failure = made.failure ?? removed.failure
  if (failure !== undefined) throw failure
  return plan.lookAgainMs === undefined ? done : again(plan.lookAgainMs)
}

async function keepHistory(client: Client, { create, renumber, remove }: RevisionPlan): Promise<void> {
  if (create !== undefined) await client.create(CONTROLLER_REVISIONS, create)
  if (renumber !== undefined) {
    await client.update(CONTROLLER_REVISIONS, { ...renumber.revision, revision: renumber.number })
  }
  for (const revision of remove) {
    const { uid } = revision.metadata
    await unless(isNotFound, client.delete(CONTROLLER_REVISIONS, refOf(revision), { uid }))
  }
}

function tellReplaced({ events, owner }: PodControl<DaemonSet>, { replaced }: DaemonSetPlan): void {
  for (const pod of replaced) {
    const { name, namespace } = pod.metadata
    const [type, word] =
      pod.status?.phase === 'Failed' ? (['Warning', 'failed'] as const) : (['Normal', 'succeeded'] as const)
    const message = `Found ${word} daemon pod ${namespace}/${name} on node ${nodeOf(pod)}, will try to ${word === 'failed' ? 'kill' : 'delete'} it`
    events.record(owner, type, word === 'failed' ? 'FailedDaemonPod' : 'SucceededDaemonPod', message)
  }
}
