import type { ObjectKey, ResourceRef } from '../../api/resource.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Clock, Millis } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import type { Client } from '../../client/client.ts'
import type { CacheChange, Informers } from '../../client/informer.ts'
import type { EventRecorder } from './events.ts'

/** What every controller is given. */
export interface ControllerDeps {
  readonly client: Client
  readonly informers: Informers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events: EventRecorder
}

/** A resource to watch, and which keys a change of one object concerns. */
export interface WatchRule<T extends KubeObject = KubeObject> {
  readonly resource: ResourceRef<T>
  readonly keys: (change: CacheChange<T>) => readonly ObjectKey[]
  /** How long a change may wait to be seen together with the next: for what only a status tells of. Absent: not at all. */
  readonly waitMs?: (change: CacheChange<T>) => Millis
}

/** How a reconciliation ended. Throwing means: try again with back-off. */
export type Outcome = { readonly outcome: 'done' } | { readonly outcome: 'again'; readonly afterMs: Millis }

export const done: Outcome = { outcome: 'done' }
export const again = (afterMs: Millis): Outcome => ({ outcome: 'again', afterMs })

/**
 * A controller: keys come in, never events. `view` gathers what the decision needs (with `now` in
 * it) from the caches, or undefined when there is nothing to do; `decide` is pure; `apply` acts,
 * with a uid precondition on every destructive call. The loop that runs it holds a key back until
 * the caches show the controller's own last writes for that key: those that `apply` makes through
 * the `client` it is given, to resources that are in `watches` (whose `keys` may be `() => []`).
 */
export interface Controller<View, Plan> {
  readonly name: string
  readonly watches: readonly WatchRule[]
  /** How long a key rests after it was worked on: for work that grows with what is there, so that many changes make few writes. */
  readonly restMs?: Millis | ((key: ObjectKey) => Millis)
  view(key: ObjectKey): View | undefined
  decide(view: View): Plan
  apply(plan: Plan, view: View, client: Client): Promise<Outcome>
}

/** Erases a watch rule's type, so that rules for several resources stand in one list. */
export function watchRule<T extends KubeObject>(
  resource: ResourceRef<T>,
  keys: (change: CacheChange<T>) => readonly ObjectKey[],
  waitMs?: (change: CacheChange<T>) => Millis,
): WatchRule {
  return { resource, keys, ...(waitMs === undefined ? {} : { waitMs }) } as unknown as WatchRule
}
