import { keyOf, type ObjectKey } from '../../api/resource.ts'
import { PODS } from '../../api/resources.ts'
import { parseLabelSelector } from '../../api/selector.ts'
import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import type { Client } from '../../client/client.ts'
import type { Informers } from '../../client/informer.ts'
import { again, type Controller, type ControllerDeps, type Outcome, watchRule } from '../runtime/controller.ts'
import { saysTheSame, writeStatus } from '../runtime/workload/status_writer.ts'
import { type Acted, readUsage, rescale } from './act.ts'
import { AUTOSCALERS, type Autoscaler } from './autoscaler.ts'
import { decideScale } from './decide.ts'
import { SYNC_MS } from './limits.ts'
import type { Memory } from './memory.ts'
import { SCALABLE, type Target, targetOf } from './targets.ts'

/** What a look at one autoscaler begins with; its pods' use is asked for only when the look is due. */
export interface AutoscalerView {
  readonly autoscaler: Autoscaler
  readonly target: Target
  readonly pods: readonly Pod[]
  readonly claimants: readonly string[]
  readonly now: Millis
  readonly dueAt: Millis
}

export type AutoscalerPlan = { readonly look: 'now' } | { readonly look: 'later'; readonly afterMs: Millis }

/** What is known of one autoscaler between two looks. */
interface Course {
  readonly uid: string
  readonly dueAt: Millis
  readonly memory: Memory | undefined
}

/**
 * Scales by use. Each autoscaler is looked at every 15 seconds, for the first time 15 seconds after it
 * was made, however often it or its target changes: use is a rate, and rates are not news.
 */
export function createAutoscalingController(deps: ControllerDeps): Controller<AutoscalerView, AutoscalerPlan> {
  const { clock, events, informers } = deps
  const autoscalers = informers.of(AUTOSCALERS)
  const courses = new Map<ObjectKey, Course>()
  const courseOf = (key: ObjectKey, { metadata }: Autoscaler): Course => {
    const known = courses.get(key)
    if (known?.uid === metadata.uid) return known
    const begun: Course = { uid: metadata.uid, dueAt: clock.now() + SYNC_MS, memory: undefined }
    courses.set(key, begun)
    return begun
  }

  async function look(view: AutoscalerView, client: Client): Promise<Outcome> {
    const { autoscaler, now } = view
    const key = keyOf(autoscaler)
    const { uid, memory } = courseOf(key, autoscaler)
    courses.set(key, { uid, memory, dueAt: now + SYNC_MS })
    const { status, told, memory: next } = await decideAndScale(view, memory, client)
    courses.set(key, { uid, memory: next, dueAt: now + SYNC_MS })
    for (const { type, reason, message } of told) events.record(autoscaler, type, reason, message)
    if (!saysTheSame(autoscaler.status, status)) await writeStatus(client, AUTOSCALERS, autoscaler, { status })
    return again(SYNC_MS)
  }

  return {
    name: 'horizontalpodautoscaling',
    watches: [
      watchRule(AUTOSCALERS, ({ key, current }) => {
        if (current === undefined) courses.delete(key)
        return [key]
      }),
      watchRule(PODS, () => []),
      ...SCALABLE.map((resource) => watchRule(resource, () => [])),
    ],
    view(key) {
      const autoscaler = autoscalers.get(key)
      if (autoscaler === undefined) return undefined
      const target = targetOf(informers, autoscaler)
      const pods = podsOf(informers, autoscaler.metadata.namespace, target)
      const { dueAt } = courseOf(key, autoscaler)
      return { autoscaler, target, pods, claimants: claimantsOf(informers, autoscaler, pods), now: clock.now(), dueAt }
    },
    decide: ({ now, dueAt }) => (now >= dueAt ? { look: 'now' } : { look: 'later', afterMs: dueAt - now }),
    apply: async (plan, view, client) => (plan.look === 'now' ? look(view, client) : again(plan.afterMs)),
  }
}

async function decideAndScale(
  { autoscaler, target, pods, claimants, now }: AutoscalerView,
  memory: Memory | undefined,
  client: Client,
): Promise<Acted> {
  const { scale, resource, object } = target
  const needsUse = 'selector' in scale && scale.replicas > 0 && scale.selector !== ''
  const namespace = autoscaler.metadata.namespace ?? ''
  const usage = needsUse ? await readUsage(client, namespace, scale.selector) : { items: [] }
  const decision = decideScale({ autoscaler, target: scale, pods, claimants, usage, memory, now })
  if (decision.rescale === undefined || object === undefined || resource === undefined) return decision
  return rescale(autoscaler, decision, decision.rescale, { client, resource, object, now })
}

function podsOf(informers: Informers, namespace: string | undefined, { scale }: Target): readonly Pod[] {
  if ('error' in scale || scale.selector === '') return []
  const matches = parseLabelSelector(scale.selector)
  return informers
    .of(PODS)
    .list(namespace)
    .filter((pod) => matches(pod.metadata.labels))
}

/** Two autoscalers that count the same pods would pull against each other. */
function claimantsOf(informers: Informers, autoscaler: Autoscaler, pods: readonly Pod[]): readonly string[] {
  const all = informers.of(AUTOSCALERS).list(autoscaler.metadata.namespace)
  if (all.length < 2) return [keyOf(autoscaler)]
  return all.filter((one) => one === autoscaler || claims(informers, one, pods)).map(keyOf)
}

function claims(informers: Informers, other: Autoscaler, pods: readonly Pod[]): boolean {
  const { scale } = targetOf(informers, other)
  if ('error' in scale || scale.selector === '') return false
  const matches = parseLabelSelector(scale.selector)
  return pods.some((pod) => matches(pod.metadata.labels))
}
