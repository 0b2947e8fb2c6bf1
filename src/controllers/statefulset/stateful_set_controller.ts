import { type FeatureGates, isEnabled } from '../../api/feature_gates.ts'
import { keyOf, type ObjectKey, parseKey } from '../../api/resource.ts'
import { CLAIMS, CONTROLLER_REVISIONS, PODS, STATEFUL_SETS } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { ControllerRevision, KubeObject, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts'
import type { CacheChange, Informer } from '../../client/informer.ts'
import { type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { apply } from './apply.ts'
import { usesClaim } from './claims.ts'
import { decide } from './decide.ts'
import { controllerOf } from './ownership.ts'
import type { Plan } from './plan.ts'
import { parsePodName } from './pod_name.ts'
import { podWaitMs, restMsOf, setWaitMs } from './rest.ts'
import type { View } from './view.ts'

export interface StatefulSetOptions {
  readonly featureGates: FeatureGates
}

/** Pods and revisions by the uid of their controller; those without one by their namespace. */
const OWNER_INDEX = 'statefulset/owner'

/** Runs StatefulSets as v1.36 does; with MaxUnavailableStatefulSet (on unless said) as v1.37 rolls them. */
export function createStatefulSetController(deps: ControllerDeps, options: StatefulSetOptions): Controller<View, Plan> {
  const { informers, clock, events } = deps
  const sets = informers.of(STATEFUL_SETS)
  const pods = informers.of(PODS)
  const claims = informers.of(CLAIMS)
  const revisions = informers.of(CONTROLLER_REVISIONS)
  pods.addIndex(OWNER_INDEX, ownerValues)
  revisions.addIndex(OWNER_INDEX, ownerValues)
  const maxUnavailableEnabled = isEnabled(options.featureGates, 'MaxUnavailableStatefulSet')

  return {
    name: 'statefulset',
    watches: [
      watchRule(STATEFUL_SETS, ({ key }) => [key], setWaitMs),
      watchRule(PODS, (change) => keysOfPodChange(sets, change), podWaitMs),
      watchRule(CLAIMS, (change) => keysOfClaimChange(sets, change)),
      watchRule(CONTROLLER_REVISIONS, () => []),
    ],
    view(key) {
      const set = sets.get(key)
      if (set === undefined) return undefined
      const { namespace } = parseKey(key)
      return {
        now: clock.now(),
        set,
        pods: owned<Pod>(pods, set),
        revisions: owned<ControllerRevision>(revisions, set).filter(({ metadata }) =>
          matchesLabels(set.spec.selector, metadata.labels),
        ),
        revisionNamed: (name) => revisions.get(`${namespace}/${name}`),
        claimNamed: (name) => claims.get(`${namespace}/${name}`),
        maxUnavailableEnabled,
      }
    },
    decide,
    restMs: (key) => restMsOf(sets.get(key)),
    apply: (plan, view, client) => apply(plan, view.set, { client, events }),
  }
}

function ownerValues(object: KubeObject): readonly string[] {
  return [controllerOf(object)?.uid ?? orphansOf(object)]
}

const orphansOf = (object: KubeObject): string => `orphans of ${object.metadata.namespace}`

/** What the set controls and what nobody in its namespace controls: work in proportion to the set, not the cluster. */
function owned<T extends KubeObject>(cache: Informer<T>, set: StatefulSet): readonly T[] {
  return [...cache.byIndex(OWNER_INDEX, set.metadata.uid), ...cache.byIndex(OWNER_INDEX, orphansOf(set))]
}

/** A pod concerns its set, before and after the change; an orphan every set that might adopt it. */
function keysOfPodChange(sets: Informer<StatefulSet>, { previous, current }: CacheChange<Pod>): readonly ObjectKey[] {
  const keys = new Set<ObjectKey>()
  for (const pod of [previous, current]) if (pod !== undefined) for (const key of setsOfPod(sets, pod)) keys.add(key)
  return [...keys]
}

function setsOfPod(sets: Informer<StatefulSet>, pod: Pod): readonly ObjectKey[] {
  const { namespace, name } = pod.metadata
  const controller = controllerOf(pod)
  if (controller === undefined) {
    const set = sets.get(`${namespace}/${parsePodName(name).parent}`)
    return set !== undefined && matchesLabels(set.spec.selector, pod.metadata.labels) ? [keyOf(set)] : []
  }
  const set = controller.kind === 'StatefulSet' ? sets.get(`${namespace}/${controller.name}`) : undefined
  return set?.metadata.uid === controller.uid ? [keyOf(set)] : []
}

/**
 * A claim that has gone may have held a pod back, or a pod may wait for it; upstream would only
 * retry. One that went with a surplus pod wakes nobody, as upstream: the set looks for it by the clock.
 */
function keysOfClaimChange(
  sets: Informer<StatefulSet>,
  { previous, current }: CacheChange<PersistentVolumeClaim>,
): readonly ObjectKey[] {
  if (previous === undefined || current !== undefined || controllerOf(previous)?.kind === 'Pod') return []
  const { namespace, name } = previous.metadata
  return sets.list(namespace).flatMap((set) => (usesClaim(set, name) ? [keyOf(set)] : []))
}
