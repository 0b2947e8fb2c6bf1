import { parseKey } from '../../api/resource.ts'
import { JOBS, PODS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Pod } from '../../api/types.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { candidatesOf, controllerOf, indexByOwner, ownersConcerned } from '../runtime/workload/ownership.ts'
import { applyJob } from './apply.ts'
import { isTracked } from './count.ts'
import { decideJob, type JobPlan, type JobView } from './decide.ts'
import { JOB_NAME_LABEL } from './labels.ts'

/** Runs Jobs to their end, and removes those that have outlived it. Keys are Jobs, also ones that have gone. */
export function createJobController(deps: ControllerDeps): Controller<JobView, JobPlan> {
  const { informers, clock, events } = deps
  const jobs = informers.of(JOBS)
  const pods = informers.of(PODS)
  indexByOwner(pods)
  return {
    name: 'job',
    watches: [
      watchRule(JOBS, (change) => [change.key]),
      watchRule(PODS, (change) =>
        ownersConcerned(jobs, JOBS.kind, change, ({ spec }, pod) =>
          spec.selector === undefined ? false : matchesLabels(spec.selector, pod.metadata.labels),
        ),
      ),
    ],
    view(key) {
      const now = clock.now()
      const job = jobs.get(key)
      if (job !== undefined) return { job, candidates: candidatesOf(pods, job), now }
      const { namespace, name } = parseKey(key)
      const left = pods.list(namespace).filter((pod) => wasOf(pod, name))
      return left.length === 0 ? undefined : { job, candidates: left, now }
    },
    decide: decideJob,
    apply: (plan, view, client) => applyJob(plan, view, { client, events }),
  }
}

/** A pod of a Job that has gone; one that was orphaned with it is known by its label. */
function wasOf(pod: Pod, job: string): boolean {
  const controller = controllerOf(pod)
  if (controller !== undefined) return controller.kind === JOBS.kind && controller.name === job
  return isTracked(pod) && pod.metadata.labels?.[JOB_NAME_LABEL] === job
}
