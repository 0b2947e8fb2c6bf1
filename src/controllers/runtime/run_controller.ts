import { isConflict } from '../../api/error.ts'
import type { ObjectKey, ResourceRef } from '../../api/resource.ts'
import { AssertionError } from '../../base/assert.ts'
import type { Millis } from '../../base/clock.ts'
import { messageOf } from '../../base/log.ts'
import type { Controller, ControllerDeps, Outcome } from './controller.ts'
import { done } from './controller.ts'
import { AGAIN_SOONEST_MS, OWN_WRITES_LOOK_MS, OWN_WRITES_WAIT_MS, WORKERS } from './limits.ts'
import { type TrackedClient, trackWrites } from './own_writes.ts'
import { KeyQueue } from './queue.ts'

/** A controller at work. */
export interface RunningController {
  /** Takes no further key; what is under way ends by itself. */
  stop(): void
  /** Nothing waits, runs or waits for its own writes; keys that are due later do not count. */
  idle(): boolean
  /** How many keys wait or are worked on. */
  depth(): number
}

export interface RunOptions {
  /** Keys that are worked on at once. */
  readonly workers?: number
}

type RunDeps = Pick<ControllerDeps, 'client' | 'informers' | 'clock' | 'log'>

/**
 * Runs a controller: changes become keys, keys are decided and applied by a few workers, failures
 * come again with back-off. It starts the caches it needs and begins when they have their first list.
 */
export function runController<View, Plan>(
  controller: Controller<View, Plan>,
  deps: RunDeps,
  options: RunOptions = {},
): RunningController {
  const loop = new ReconcileLoop(controller, deps, options.workers ?? WORKERS)
  loop.start()
  return { stop: () => loop.stop(), idle: () => loop.idle(), depth: () => loop.depth() }
}

class ReconcileLoop<View, Plan> {
  readonly #controller: Controller<View, Plan>
  readonly #deps: RunDeps
  readonly #workers: number
  readonly #queue: KeyQueue
  readonly #watched: ReadonlySet<string>
  #busy = 0
  #begun = false
  #stopped = false
  #pumpDue = false

  constructor(controller: Controller<View, Plan>, deps: RunDeps, workers: number) {
    this.#controller = controller
    this.#deps = { ...deps, log: deps.log.child({ controller: controller.name }) }
    this.#workers = workers
    this.#watched = new Set(controller.watches.map(({ resource }) => nameOf(resource)))
    this.#queue = new KeyQueue(deps.clock, () => this.#pumpSoon())
  }

  start(): void {
    for (const { resource, keys, waitMs } of this.#controller.watches) {
      const informer = this.#deps.informers.of(resource)
      informer.onChange((change) => this.#add(keys(change), waitMs?.(change)))
      for (const current of informer.list()) {
        const { namespace, name } = current.metadata
        const key = namespace ? `${namespace}/${name}` : name
        this.#add(keys({ key, previous: undefined, current }))
      }
    }
    void this.#deps.informers.start().then(() => {
      this.#begun = true
      this.#pumpSoon()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#queue.stop()
  }

  depth(): number {
    return this.#queue.size
  }

  idle(): boolean {
    return this.#stopped || (this.#begun && this.#queue.size === 0)
  }

  #add(keys: readonly ObjectKey[], withinMs: Millis = 0): void {
    if (this.#stopped) return
    for (const key of keys) this.#queue.addWithin(key, withinMs)
  }

  /** Changes that arrive together are seen together: the pump runs when the current work is done. */
  #pumpSoon(): void {
    if (this.#pumpDue || !this.#begun || this.#stopped) return
    this.#pumpDue = true
    queueMicrotask(() => {
      this.#pumpDue = false
      this.#pump()
    })
  }

  #pump(): void {
    while (!this.#stopped && this.#busy < this.#workers) {
      const key = this.#queue.take()
      if (key === undefined) return
      this.#busy++
      void this.#work(key)
    }
  }

  async #work(key: ObjectKey): Promise<void> {
    const { client, informers } = this.#deps
    const tracked = trackWrites(client, informers, (resource) => this.#watched.has(nameOf(resource)))
    await this.#reconcile(key, tracked)
    this.#busy--
    this.#pumpSoon()
    this.#finishWhenSeen(key, tracked, 0)
  }

  async #reconcile(key: ObjectKey, tracked: TrackedClient): Promise<void> {
    try {
      const { outcome, ...rest } = await this.#outcomeOf(key, tracked)
      this.#queue.forget(key)
      if (outcome === 'again' && 'afterMs' in rest && !this.#stopped) this.#comeAgain(key, rest.afterMs)
    } catch (error) {
      if (this.#stopped) return
      this.#tellFailure(key, error)
      this.#queue.addFailed(key)
    }
  }

  /** Never in the same turn: a key that is always due must not keep everything else in this process from its turn. */
  #comeAgain(key: ObjectKey, afterMs: Millis): void {
    this.#queue.addAfter(key, Math.max(afterMs, AGAIN_SOONEST_MS))
  }

  /** A mistake of ours is told with its place, everything else with its sentence. */
  #tellFailure(key: ObjectKey, error: unknown): void {
    const { log } = this.#deps
    const fields = { key, error: messageOf(error) }
    if (isProgrammerError(error)) log.error('A reconciliation is broken.', { ...fields, stack: error.stack })
    else if (isConflict(error)) log.debug('A reconciliation met a newer version.', fields)
    else log.info('A reconciliation failed.', fields)
  }

  async #outcomeOf(key: ObjectKey, tracked: TrackedClient): Promise<Outcome> {
    const view = this.#controller.view(key)
    if (view === undefined) return done
    return this.#controller.apply(this.#controller.decide(view), view, tracked.client)
  }

  /** Until then the key stays taken, so that nobody decides on what is already out of date. */
  #finishWhenSeen(key: ObjectKey, tracked: TrackedClient, waitedMs: number): void {
    if (this.#stopped) return
    const seen = tracked.unseen().length === 0
    if (!seen && waitedMs < OWN_WRITES_WAIT_MS) {
      this.#lookAgain(key, tracked, waitedMs)
      return
    }
    if (!seen) this.#deps.log.warn('The caches do not show what was written.', { key, waitedMs })
    const { restMs: rest = 0 } = this.#controller
    const restMs = typeof rest === 'number' ? rest : rest(key)
    if (restMs <= 0) this.#queue.finish(key)
    else this.#deps.clock.after(restMs, () => this.#queue.finish(key))
  }

  #lookAgain(key: ObjectKey, tracked: TrackedClient, waitedMs: number): void {
    const delayMs = Math.min(Math.max(1, waitedMs), OWN_WRITES_LOOK_MS)
    this.#deps.clock.after(delayMs, () => this.#finishWhenSeen(key, tracked, waitedMs + delayMs))
  }
}

const nameOf = (resource: ResourceRef): string => `${resource.group}/${resource.resource}`

function isProgrammerError(error: unknown): error is Error {
  return [AssertionError, TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind)
}
