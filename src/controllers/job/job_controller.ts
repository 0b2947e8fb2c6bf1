import { parseKey } from '../../api/resource.ts'
import { JOBS, PODS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { candidatesOf, controllerOf, indexByOwner, ownersConcerned } from '../runtime/workload/ownership.ts'
import { applyJob } from './apply.ts'
import { decideJob, type JobPlan, type JobView } from './decide.ts'

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
      const left = pods.list(namespace).filter((pod) => {
        const controller = controllerOf(pod)
        return controller?.kind === JOBS.kind && controller.name === name
      })
      return left.length === 0 ? undefined : { job, candidates: left, now }
    },
    decide: decideJob,
    apply: (plan, view, client) => applyJob(plan, view, { client, events }),
  }
}
