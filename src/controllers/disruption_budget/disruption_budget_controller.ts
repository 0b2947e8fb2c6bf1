import { keyOf, type ObjectKey, type ResourceRef } from '../../api/resource.ts'
import { DISRUPTION_BUDGETS, PODS, STATEFUL_SETS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { KubeObject, OwnerReference, Pod, PodDisruptionBudget } from '../../api/types.ts'
import type { CacheChange, Informers } from '../../client/informer.ts'
import { again, type Controller, type ControllerDeps, done, type WatchRule, watchRule } from '../runtime/controller.ts'
import { type BudgetPlan, type BudgetView, decideBudget } from './decide.ts'

type Scalable = KubeObject & { readonly spec?: { readonly replicas?: number } }

const inApps = (resource: string, kind: string): ResourceRef<Scalable> => ({
  group: 'apps',
  version: 'v1',
  resource,
  kind,
  namespaced: true,
})

/** The controllers of pods whose scale a budget may speak of. */
const SCALABLE: readonly ResourceRef<Scalable>[] = [
  inApps(STATEFUL_SETS.resource, STATEFUL_SETS.kind),
  inApps('replicasets', 'ReplicaSet'),
]

/** Keeps the status of disruption budgets, by which evictions are allowed. Keys are budgets. */
export function createDisruptionBudgetController(deps: ControllerDeps): Controller<BudgetView, BudgetPlan> {
  const { informers } = deps
  const budgets = informers.of(DISRUPTION_BUDGETS)
  const pods = informers.of(PODS)
  return {
    name: 'disruption',
    watches: [
      watchRule(DISRUPTION_BUDGETS, (change) => [change.key]),
      watchRule(PODS, ({ previous, current }) => concerned(informers, [previous, current])),
      ...SCALABLE.map((resource) => watchScale(informers, resource)),
    ],
    view(key) {
      const budget = budgets.get(key)
      if (budget === undefined) return undefined
      const own = pods.list(budget.metadata.namespace).filter((pod) => means(budget, pod))
      return { budget, pods: own, scaleOf: scaleIn(informers), now: deps.clock.now() }
    },
    decide: decideBudget,
    apply: async ({ status, lookAgainMs }, { budget }, client) => {
      if (status !== undefined) await client.updateStatus(DISRUPTION_BUDGETS, { ...budget, status })
      return lookAgainMs === undefined ? done : again(lookAgainMs)
    },
  }
}

/** A budget without a selector means no pod, one with an empty selector all of its namespace. */
const means = ({ spec }: PodDisruptionBudget, pod: Pod): boolean =>
  spec?.selector !== undefined && matchesLabels(spec.selector, pod.metadata.labels)

function concerned(informers: Informers, pods: readonly (Pod | undefined)[]): readonly ObjectKey[] {
  const present = pods.filter((pod) => pod !== undefined)
  const budgets = informers.of(DISRUPTION_BUDGETS).list(present[0]?.metadata.namespace)
  return budgets.filter((budget) => present.some((pod) => means(budget, pod))).map(keyOf)
}

/** A controller of pods that is scaled concerns the budgets of its namespace. */
function watchScale(informers: Informers, resource: ResourceRef<Scalable>): WatchRule {
  return watchRule(resource, ({ previous, current }: CacheChange<Scalable>) => {
    if (previous?.spec?.replicas === current?.spec?.replicas) return []
    return informers
      .of(DISRUPTION_BUDGETS)
      .list((current ?? previous)?.metadata.namespace)
      .map(keyOf)
  })
}

const scaleIn = (informers: Informers) => (reference: OwnerReference, namespace: string) => {
  const resource = SCALABLE.find(({ kind }) => kind === reference.kind)
  const owner = resource && informers.of(resource).get(`${namespace}/${reference.name}`)
  return owner?.metadata.uid === reference.uid ? (owner.spec?.replicas ?? 1) : undefined
}
