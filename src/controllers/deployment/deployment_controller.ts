import { isPodFinished } from '../../api/pod_state.ts'
import type { ObjectKey } from '../../api/resource.ts'
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Pod } from '../../api/types.ts'
import type { CacheChange } from '../../client/informer.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { candidatesOf, controllerOf, indexByOwner, ownedBy, ownersConcerned } from '../runtime/workload/ownership.ts'
import { applyDeployment } from './apply.ts'
import { decideDeployment } from './decide.ts'
import { isRolling } from './strategy.ts'
import type { DeploymentPlan, DeploymentView } from './view.ts'

/** Rolls Deployments out through ReplicaSets. Keys are Deployments. */
export function createDeploymentController(deps: ControllerDeps): Controller<DeploymentView, DeploymentPlan> {
  const { informers, clock, events } = deps
  const deployments = informers.of(DEPLOYMENTS)
  const sets = informers.of(REPLICA_SETS)
  const pods = informers.of(PODS)
  indexByOwner(sets)
  indexByOwner(pods)

  /** Only a Deployment that waits for its old pods to end cares for single pods. */
  const waitingFor = ({ previous, current }: CacheChange<Pod>): readonly ObjectKey[] => {
    if (previous === undefined || (current !== undefined && !isPodFinished(current))) return []
    const { namespace } = previous.metadata
    const owner = controllerOf(previous)
    const set = owner?.kind === REPLICA_SETS.kind ? sets.get(`${namespace}/${owner.name}`) : undefined
    const key = set && `${namespace}/${controllerOf(set)?.name}`
    const deployment = key === undefined ? undefined : deployments.get(key)
    return key !== undefined && deployment !== undefined && !isRolling(deployment) ? [key] : []
  }

  return {
    name: 'deployment',
    watches: [
      watchRule(DEPLOYMENTS, (change) => [change.key]),
      watchRule(REPLICA_SETS, (change) =>
        ownersConcerned(deployments, DEPLOYMENTS.kind, change, ({ spec }, set) =>
          matchesLabels(spec.selector, set.metadata.labels),
        ),
      ),
      watchRule(PODS, waitingFor),
    ],
    view(key) {
      const deployment = deployments.get(key)
      if (deployment === undefined) return undefined
      const { namespace } = deployment.metadata
      return {
        deployment,
        candidates: candidatesOf(sets, deployment),
        podsOf: ({ metadata }) => ownedBy(pods, metadata.uid),
        setNamed: (name) => sets.get(`${namespace}/${name}`),
        now: clock.now(),
      }
    },
    decide: decideDeployment,
    apply: (plan, view, client) => applyDeployment(plan, { client, events, view }),
  }
}
