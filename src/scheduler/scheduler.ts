import { CLAIMS, NAMESPACES, NODES, PODS, STORAGE_CLASSES, VOLUMES } from '../api/resources.ts'
import type { Pod } from '../api/types.ts'
import type { Client } from '../client/client.ts'
import {
  type Controller,
  type ControllerDeps,
  done,
  type Outcome,
  watchRule,
} from '../controllers/runtime/controller.ts'
import { bindPod, prepareVolumes, tellUnschedulable } from './act.ts'
import { type ClusterState, createClusterState } from './cluster_state.ts'
import { decideNode, isToBePlaced, type SchedulingPlan, type SchedulingView } from './decide.ts'
import { createPendingPods } from './pending_pods.ts'
import { claimsOf } from './pod_claims.ts'
import { createSchedulingEvents, type SchedulingEvents } from './scheduling_events.ts'

/** The scheduler of pods that name none, and the source of its events. */
const DEFAULT_SCHEDULER = 'default-scheduler'

/**
 * Finds a node for every pod that has none, and binds it there by name and uid. Keys are pods. What
 * was bound counts on its node at once, so that two pods never get the same place; a pod that found
 * no node is looked at again when something changes that could help it.
 */
export function createScheduler(deps: ControllerDeps): Controller<SchedulingView, SchedulingPlan> {
  const { informers } = deps
  const pods = informers.of(PODS)
  const state = createClusterState(informers)
  const pending = createPendingPods(informers, DEFAULT_SCHEDULER)
  const random = deps.random.fork('scheduler')
  const events = createSchedulingEvents({ ...deps, random: random.fork('events') }, DEFAULT_SCHEDULER)
  return {
    name: 'scheduler',
    watches: [
      watchRule(PODS, pending.afterPod),
      watchRule(NODES, pending.afterNode),
      watchRule(CLAIMS, (change) => pending.usingClaim(change.key)),
      watchRule(VOLUMES, pending.afterVolume),
      watchRule(STORAGE_CLASSES, pending.withClaims),
      watchRule(NAMESPACES, () => []),
    ],
    view(key) {
      const pod = pods.get(key)
      if (pod === undefined || !isToBePlaced(pod, DEFAULT_SCHEDULER) || state.isAssumed(pod)) return undefined
      return viewOf(deps, state, pod, random.fraction())
    },
    decide: decideNode,
    apply: (plan, view, client) => act({ deps, state, events, client }, plan, view.pod),
  }
}

function viewOf({ informers }: ControllerDeps, state: ClusterState, pod: Pod, draw: number): SchedulingView {
  const namespace = pod.metadata.namespace ?? ''
  const lookup = {
    claim: (name: string) => informers.of(CLAIMS).get(`${namespace}/${name}`),
    volume: (name: string) => informers.of(VOLUMES).get(name),
    storageClass: (name: string) => informers.of(STORAGE_CLASSES).get(name),
  }
  const claims = claimsOf(pod, lookup)
  return {
    pod,
    nodes: state.nodeInfos(),
    namespaces: (name) => informers.of(NAMESPACES).get(name),
    claims,
    volumes: claims.waiting.length === 0 ? [] : informers.of(VOLUMES).list(),
    draw,
  }
}

interface Hands {
  readonly deps: ControllerDeps
  readonly state: ClusterState
  readonly events: SchedulingEvents
  readonly client: Client
}

async function act(hands: Hands, plan: SchedulingPlan, pod: Pod): Promise<Outcome> {
  const { deps, events, client } = hands
  switch (plan.action) {
    case 'bind':
      await bind(hands, pod, plan.nodeName)
      return done
    case 'prepareVolumes':
      await prepareVolumes(client, plan.volumes, plan.nodeName)
      return done
    case 'reject': {
      const isNews = await tellUnschedulable(client, pod, plan.message, deps.clock.now())
      if (isNews) events.failed(pod, plan.message)
      return done
    }
  }
}

/** The place is taken before the first wait, so that the next decision sees it. */
async function bind({ events, state, client }: Hands, pod: Pod, nodeName: string): Promise<void> {
  state.assume(pod, nodeName)
  try {
    if (await bindPod(client, pod, nodeName)) events.scheduled(pod, nodeName)
    else state.forget(pod)
  } catch (error) {
    state.forget(pod)
    throw error
  }
}
