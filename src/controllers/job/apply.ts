import { isInvalid, isNotFound } from '../../api/error.ts'
import { JOBS, PODS } from '../../api/resources.ts'
import type { Job, JobStatus, Pod } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { again, done, type Outcome } from '../runtime/controller.ts'
import type { EventRecorder } from '../runtime/events.ts'
import { inBatches } from '../runtime/workload/batches.ts'
import { adopt, createPods, deletePods, type PodControl, release } from '../runtime/workload/pod_control.ts'
import { saysTheSame, writeStatus } from '../runtime/workload/status_writer.ts'
import { hasCondition } from './conditions.ts'
import type { JobPlan, JobView } from './decide.ts'
import { TRACKING_FINALIZER } from './labels.ts'
import { newPod } from './new_pod.ts'
import type { JobStatuses } from './status.ts'

interface Performer {
  readonly client: Client
  readonly events: EventRecorder
}

/**
 * Acts on a plan. Ends are noted before pods are let go, so that a crash in between loses none; pods that
 * the Job itself deletes are let go first, so that they do not count as failed.
 */
export async function applyJob(plan: JobPlan, { job }: JobView, performer: Performer): Promise<Outcome> {
  const { client } = performer
  if (job === undefined) return freed(client, plan)
  const control: PodControl<Job> = { ...performer, resource: JOBS, owner: job }
  if (plan.expired) {
    const { uid, resourceVersion } = job.metadata
    const options = { uid, resourceVersion, propagationPolicy: 'Foreground' } as const
    await unless(isNotFound, client.delete(JOBS, refOf(job), options))
    return done
  }
  await adopt(control, PODS, plan.claimed.adopt, [TRACKING_FINALIZER])
  await release(control, PODS, plan.claimed.release, [TRACKING_FINALIZER])
  const made = await createPods(
    control,
    plan.create.map((index) => newPod(job, index, index === undefined ? undefined : plan.held.get(index))),
  )
  await settle(control, plan)
  const removed = await deletePods(control, plan.remove)
  const failure = made.failure ?? removed.failure
  if (failure !== undefined) throw failure
  return plan.lookAgainMs === undefined ? done : again(plan.lookAgainMs)
}

async function settle(control: PodControl<Job>, plan: JobPlan): Promise<void> {
  const { client, owner } = control
  if (plan.free.length > 0 && plan.statuses !== undefined) await write(client, owner, plan.statuses.noted)
  await freed(client, plan)
  if (plan.statuses === undefined) return
  const current = plan.free.length > 0 ? { ...owner, status: plan.statuses.noted } : owner
  await write(client, current, plan.statuses.counted)
  tell(control, plan.statuses)
}

async function write(client: Client, job: Job, status: JobStatus): Promise<void> {
  if (!saysTheSame(job.status, status)) await writeStatus(client, JOBS, job, { status })
}

async function freed(client: Client, { free }: JobPlan): Promise<Outcome> {
  const { failure } = await inBatches(free, (pod: Pod) => {
    const finalizers = (pod.metadata.finalizers ?? []).filter((one) => one !== TRACKING_FINALIZER)
    const { uid, resourceVersion } = pod.metadata
    const body = { metadata: { uid, resourceVersion, finalizers } }
    const isGone = (error: unknown) => isNotFound(error) || isInvalid(error)
    return unless(isGone, client.patch(PODS, refOf(pod), { type: 'merge', body }))
  })
  if (failure !== undefined) throw failure
  return done
}

/** Tells what the Job has just become. */
function tell({ events, owner }: PodControl<Job>, { counted }: JobStatuses): void {
  const becomes = (type: 'Complete' | 'Failed' | 'Suspended') =>
    hasCondition({ status: counted }, type) && !hasCondition(owner, type)
  if (becomes('Suspended')) events.record(owner, 'Normal', 'Suspended', 'Job suspended')
  const isResumed = hasCondition(owner, 'Suspended') && !hasCondition({ status: counted }, 'Suspended')
  if (isResumed) events.record(owner, 'Normal', 'Resumed', 'Job resumed')
  if (becomes('Complete')) events.record(owner, 'Normal', 'Completed', 'Job completed')
  const failure = counted.conditions?.find(({ type }) => type === 'Failed')
  if (becomes('Failed')) events.record(owner, 'Warning', failure?.reason ?? '', failure?.message ?? '')
}
