import { isNotFound } from '../../api/error.ts'
import { keyOf } from '../../api/resource.ts'
import { EVENTS } from '../../api/resources.ts'
import type { Draft, Event, KubeObject } from '../../api/types.ts'
import type { Clock } from '../../base/clock.ts'
import { type Log, messageOf } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Client } from '../../client/client.ts'
import { EventAllowance } from './event_allowance.ts'
import type { EventRecorder } from './events.ts'
import { EVENTS_AT_ONCE, EVENTS_REMEMBERED_MAX, EVENTS_WAITING_MAX } from './limits.ts'
import { KeyQueue } from './queue.ts'

interface RecorderDeps {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Who speaks: `statefulset-controller`. */
  readonly component: string
}

/** Something that happened, before it is known whether it has happened before. */
interface Happening {
  readonly about: KubeObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly fieldPath: string | undefined
}

/** An Event that has been written, and how often it has happened. */
interface Remembered {
  readonly namespace: string
  readonly name: string
  readonly count: number
}

/**
 * Writes core/v1 Events: those about one object one after another, in the order in which things happened; those about
 * others meanwhile, so that the events of a thousand pods share their commits instead of following long after the
 * pods. What happens again with the same words raises the count of its Event.
 */
export function createEventRecorder(deps: RecorderDeps): EventRecorder {
  const remembered = new Map<string, Remembered>()
  const allowance = new EventAllowance(deps.clock)
  const happenings = new Map<string, Happening[]>()
  // Whoever tells of something has more to do just then.
  const objects = new KeyQueue(deps.clock, () => queueMicrotask(pump))
  let waiting = 0
  let writing = 0

  async function write(happening: Happening): Promise<void> {
    const words = wordsOf(happening)
    const known = remembered.get(words)
    remembered.delete(words)
    const written = (known && (await raiseCount(deps, known))) ?? (await createEvent(deps, happening))
    remembered.set(words, written)
    const oldest = remembered.keys().next().value
    if (remembered.size > EVENTS_REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
  }

  function pump(): void {
    while (writing < EVENTS_AT_ONCE) {
      const uid = objects.take()
      if (uid === undefined) return
      writing++
      void writeNext(uid)
    }
  }

  async function writeNext(uid: string): Promise<void> {
    const [next, ...later] = happenings.get(uid) ?? []
    if (later.length > 0) happenings.set(uid, later)
    else happenings.delete(uid)
    try {
      if (next !== undefined) await write(next)
    } catch (error) {
      deps.log.debug('An event was not written.', { reason: next?.reason, error: messageOf(error) })
    }
    waiting--
    writing--
    if (happenings.has(uid)) objects.add(uid)
    objects.finish(uid)
    pump()
  }

  return {
    record(about, type, reason, message, fieldPath) {
      const { uid } = about.metadata
      if (waiting >= EVENTS_WAITING_MAX || !allowance.take(uid)) return
      waiting++
      happenings.set(uid, [...(happenings.get(uid) ?? []), { about, type, reason, message, fieldPath }])
      objects.add(uid)
    },
  }
}

function wordsOf({ about, type, reason, message, fieldPath = '' }: Happening): string {
  return [about.metadata.uid, about.kind, keyOf(about), fieldPath, type, reason, message].join('\n')
}

/** Undefined if the Event has gone since: then it is made anew. */
async function raiseCount(deps: RecorderDeps, known: Remembered): Promise<Remembered | undefined> {
  const count = known.count + 1
  const body = { count, lastTimestamp: toRfc3339(deps.clock.now()) }
  try {
    await deps.client.patch(EVENTS, known, { type: 'strategic', body })
    return { ...known, count }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function createEvent(deps: RecorderDeps, happening: Happening): Promise<Remembered> {
  const { metadata } = await deps.client.create(EVENTS, eventOf(deps, happening))
  return { namespace: metadata.namespace ?? '', name: metadata.name, count: 1 }
}

function eventOf(
  { clock, random, component }: RecorderDeps,
  { about, type, reason, message, fieldPath }: Happening,
): Draft<Event> {
  const at = toRfc3339(clock.now())
  const { name, namespace, uid, resourceVersion } = about.metadata
  const ending = `${clock.now().toString(16)}${random
    .integer(2 ** 32)
    .toString(16)
    .padStart(8, '0')}`
  return {
    metadata: { name: `${name}.${ending}`, namespace: namespace || 'default' },
    involvedObject: {
      kind: about.kind,
      ...(namespace ? { namespace } : {}),
      name,
      uid,
      apiVersion: about.apiVersion,
      resourceVersion,
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
    reason,
    message,
    source: { component },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type,
    reportingComponent: component,
    reportingInstance: '',
  }
}
