import { EVENTS } from '../api/resources.ts'
import type { Draft, Event, Pod } from '../api/types.ts'
import type { Clock } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import { toRfc3339Micro } from '../base/time.ts'
import type { Client } from '../client/client.ts'
import { EVENTS_WAITING_MAX } from './limits.ts'

interface EventDeps {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** What happened to a pod on its way to a node. */
export interface SchedulingEvents {
  /** Not awaited and never fails: an event that cannot be written is logged and forgotten. */
  scheduled(pod: Pod, nodeName: string): void
  failed(pod: Pod, message: string): void
}

/**
 * The scheduler speaks in the newer form of events, as upstream's does: with the time of the event,
 * an action and a reporting component, but without a source, a count or first and last times.
 */
export function createSchedulingEvents(deps: EventDeps, scheduler: string): SchedulingEvents {
  let waiting = 0

  function write(draft: Draft<Event>): void {
    if (waiting >= EVENTS_WAITING_MAX) return
    waiting++
    deps.client
      .create(EVENTS, draft)
      .catch((error) => deps.log.debug('An event was not written.', { error: messageOf(error) }))
      .finally(() => {
        waiting--
      })
  }

  return {
    scheduled(pod, nodeName) {
      const { namespace, name } = pod.metadata
      const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`
      write(eventOf(deps, scheduler, pod, { type: 'Normal', reason: 'Scheduled', action: 'Binding', message }))
    },
    failed(pod, message) {
      write(
        eventOf(deps, scheduler, pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message }),
      )
    },
  }
}

interface What {
  readonly type: string
  readonly reason: string
  readonly action: string
  readonly message: string
}

function eventOf({ clock, random }: EventDeps, scheduler: string, pod: Pod, what: What): Draft<Event> {
  const { name, namespace = '', uid, resourceVersion } = pod.metadata
  const ending = `${clock.now().toString(16)}${random
    .integer(2 ** 32)
    .toString(16)
    .padStart(8, '0')}`
  return {
    metadata: { name: `${name}.${ending}`, namespace },
    involvedObject: { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion },
    ...what,
    eventTime: toRfc3339Micro(clock.now()),
    reportingComponent: scheduler,
    reportingInstance: `${scheduler}-0`,
  }
}
