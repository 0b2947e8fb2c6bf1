import { isNotFound } from '../../api/error.ts'
import { isPodEnding, isPodFinished } from '../../api/pod_state.ts'
import type { ObjectKey } from '../../api/resource.ts'
import { NODES, PODS } from '../../api/resources.ts'
import type { Pod } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Client } from '../../client/client.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { again, type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decidePodGarbage, type Garbage, type PodGarbagePlan, type PodGarbageView } from './decide.ts'

/** There is one key: the garbage of the whole cluster is looked through at once. */
const ALL: ObjectKey = 'pods'

/** Removes pods that nobody will ever end: of nodes that are gone, never scheduled, or too many that have ended. */
export function createPodGarbageController(deps: ControllerDeps): Controller<PodGarbageView, PodGarbagePlan> {
  const { informers, clock } = deps
  const pods = informers.of(PODS)
  const nodes = informers.of(NODES)
  const missing = new Map<string, number>()
  const missingSince = (name: string): number => {
    const since = missing.get(name) ?? clock.now()
    missing.set(name, since)
    return since
  }
  const isGarbage = (pod: Pod | undefined): boolean =>
    pod !== undefined &&
    (isPodFinished(pod) || (pod.spec.nodeName ? nodes.get(pod.spec.nodeName) === undefined : isPodEnding(pod)))
  return {
    name: 'podgc',
    watches: [
      watchRule(PODS, ({ current }) => (isGarbage(current) ? [ALL] : [])),
      watchRule(NODES, ({ key, current }) => {
        if (current === undefined) return [ALL]
        missing.delete(key)
        return []
      }),
    ],
    view: () => ({
      pods: pods.list(),
      isNode: (name) => nodes.get(name) !== undefined,
      missingSince,
      now: clock.now(),
    }),
    decide: decidePodGarbage,
    async apply({ garbage, lookAgainMs }, { now }, client) {
      for (const one of garbage) await remove(client, one, toRfc3339(now))
      return lookAgainMs === undefined ? done : again(lookAgainMs)
    },
  }
}

/** Nobody else will say that a lost pod has ended, so it is said before it goes. */
async function remove(client: Client, { pod, why }: Garbage, at: string): Promise<void> {
  const { uid } = pod.metadata
  if (why === 'orphaned' && !isPodFinished(pod)) {
    const told = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' }
    const condition = { type: 'DisruptionTarget', status: 'True', lastTransitionTime: at, ...told }
    const body = { metadata: { uid }, status: { phase: 'Failed', conditions: [condition] } }
    await unless(isNotFound, client.patch(PODS, refOf(pod), { type: 'strategic', body, subresource: 'status' }))
  }
  await unless(isNotFound, client.delete(PODS, refOf(pod), { uid, gracePeriodSeconds: 0 }))
}
