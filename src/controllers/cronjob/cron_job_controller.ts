import { isAlreadyExists, isNotFound } from '../../api/error.ts'
import { CRON_JOBS, JOBS } from '../../api/resources.ts'
import type { Draft, Job } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { again, type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { indexByOwner, ownedBy, ownersConcerned } from '../runtime/workload/ownership.ts'
import type { PodControl } from '../runtime/workload/pod_control.ts'
import { saysTheSame, writeStatus } from '../runtime/workload/status_writer.ts'
import { type CronJobPlan, type CronJobView, decideCronJob, referenceTo } from './decide.ts'

/** Starts Jobs by the clock. Keys are CronJobs; each waits for its next run with one timer. */
export function createCronJobController(deps: ControllerDeps): Controller<CronJobView, CronJobPlan> {
  const { informers, clock, events } = deps
  const cronJobs = informers.of(CRON_JOBS)
  const jobs = informers.of(JOBS)
  indexByOwner(jobs)
  return {
    name: 'cronjob',
    watches: [
      watchRule(CRON_JOBS, (change) => [change.key]),
      watchRule(JOBS, (change) => ownersConcerned(cronJobs, CRON_JOBS.kind, change, () => false)),
    ],
    view(key) {
      const cronJob = cronJobs.get(key)
      return cronJob && { cronJob, jobs: ownedBy(jobs, cronJob.metadata.uid), now: clock.now() }
    },
    decide: decideCronJob,
    async apply({ create, remove, status, events: told, lookAgainMs }, { cronJob }, client) {
      const control: Control = { client, events, owner: cronJob }
      for (const { type, reason, message } of told) events.record(cronJob, type, reason, message)
      for (const job of remove) await removeJob(control, job)
      const made = create === undefined ? undefined : await startJob(control, create)
      const active = [...(status.active ?? []), ...(made === undefined ? [] : [referenceTo(made)])]
      const written = active.length === 0 ? status : { ...status, active }
      if (!saysTheSame(cronJob.status, written)) await writeStatus(client, CRON_JOBS, cronJob, { status: written })
      return lookAgainMs === undefined ? done : again(lookAgainMs)
    },
  }
}

type Control = Omit<PodControl, 'resource'>

async function removeJob({ client, events, owner }: Control, job: Job): Promise<void> {
  const options = { uid: job.metadata.uid, propagationPolicy: 'Background' } as const
  await unless(isNotFound, client.delete(JOBS, refOf(job), options))
  events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
}

/** A Job of this name may be there already: then this very run was started before. */
async function startJob({ client, events, owner }: Control, draft: Draft<Job>): Promise<Job | undefined> {
  try {
    const job = await client.create(JOBS, draft)
    events.record(owner, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    return job
  } catch (error) {
    if (isAlreadyExists(error)) return undefined
    events.record(owner, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`)
    throw error
  }
}
