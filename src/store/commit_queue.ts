import { assert } from '../base/assert.ts'
import { type Log, messageOf } from '../base/log.ts'
import { DurabilityWaiters } from './durability.ts'
import { storedFromObject } from './encode.ts'
import { deepFreeze } from './freeze.ts'
import type { Journal } from './journal.ts'
import { type BatchLimits, PendingWrites, recordsOf, stateAfter } from './pending_writes.ts'
import type { CommitOutcome, Revision, StoredObject, StoreEvent, StoreKey, StoreWrite } from './store.ts'
import { StoreFailedError } from './store.ts'

/** What a commit queue works with. */
export interface CommitQueueOptions {
  readonly journal: Journal
  readonly log: Log
  readonly limits: BatchLimits
  /** The journal's newest revision. */
  readonly revision: Revision
  readonly freeze: boolean
  /** Resolves when it is time for a batch to leave; absent: at the end of the current step. */
  readonly gather?: (() => Promise<void>) | undefined
  /** The newest durable state of a key. */
  readonly current: (key: StoreKey) => StoredObject | undefined
  /** A change has become durable; called in revision order, before the writer hears of it. */
  readonly onDurable: (event: StoreEvent) => void
}

/**
 * The head and its way to the disk. A write is checked against the head and takes the next revision in
 * one synchronous step. One batch is on its way at a time; everything that came meanwhile is the next.
 *
 * Writes 8 and 9 are pending, 8 alone in flight. A write that saw 7 conflicts, and says so when what it
 * conflicts with is durable. If the batch with 8 fails, 8 and 9 are rejected, the head is 7 again, and
 * the next write becomes the new 8.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions
  readonly #pending = new PendingWrites()
  readonly #waiters = new DurabilityWaiters()
  #revision: Revision
  #headRevision: Revision
  #draining: Promise<void> | undefined
  /** Set for good once the journal's state is unknown, or the queue is closed. */
  #failure: StoreFailedError | undefined

  constructor(options: CommitQueueOptions) {
    this.#options = options
    this.#revision = options.revision
    this.#headRevision = options.revision
  }

  get revision(): Revision {
    return this.#revision
  }

  get headRevision(): Revision {
    return this.#headRevision
  }

  head(key: StoreKey): StoredObject | undefined {
    const pending = this.#pending.newest(key)
    return pending === undefined ? this.#options.current(key) : stateAfter(pending)
  }

  async commit(write: StoreWrite): Promise<CommitOutcome> {
    if (this.#failure !== undefined) throw this.#failure
    const held = this.head(write.key)
    if ((held?.revision ?? 0) === write.expect) return this.#append(this.#eventOf(write, held))
    const pending = this.#pending.newest(write.key)
    if (pending !== undefined) await this.durable(pending.revision)
    return { outcome: 'conflict', current: held }
  }

  async durable(revision: Revision): Promise<void> {
    if (revision <= this.#revision) return
    if (this.#failure !== undefined) throw this.#failure
    await this.#waiters.wait(revision)
  }

  /** Takes nothing more and ends when what was taken is durable or has failed. */
  async close(): Promise<void> {
    this.#failure ??= new StoreFailedError('the store is closed')
    await this.#draining
    this.#waiters.fail(Number.POSITIVE_INFINITY, this.#failure)
  }

  #eventOf(write: StoreWrite, held: StoredObject | undefined): StoreEvent {
    const { key } = write
    assert(write.type === 'put' || held !== undefined, 'only what exists is deleted')
    const revision = this.#headRevision + 1
    const object = write.make(revision)
    assert(revision === this.#headRevision + 1, 'nothing is committed while a state is made')
    if (this.#options.freeze) deepFreeze(object)
    const type = write.type === 'delete' ? 'deleted' : held === undefined ? 'created' : 'updated'
    const text = held === undefined ? undefined : write.text?.(revision, held)
    return { type, revision, key, current: storedFromObject(key, revision, object, text), previous: held }
  }

  #append(event: StoreEvent): Promise<CommitOutcome> {
    this.#headRevision = event.revision
    return new Promise((resolve, reject) => {
      this.#pending.add({ event, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    do {
      // What else is committed until then goes into the same batch.
      await this.#options.gather?.()
      await this.#writeBatch()
    } while (this.#pending.isWaiting)
    this.#draining = undefined
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#pending.takeBatch(this.#options.limits)
    try {
      await this.#options.journal.append(recordsOf(batch.map(({ event }) => event)))
    } catch (error) {
      await this.#recover(error)
      return
    }
    this.#pending.batchDone()
    for (const { event, resolve } of batch) {
      this.#pending.settle(event)
      this.#revision = event.revision
      this.#options.onDurable(event)
      resolve({ outcome: 'committed', stored: event.current })
    }
    this.#waiters.reached(this.#revision)
  }

  /** Puts the head back on what is durable; goes on only if the journal agrees on what that is. */
  async #recover(cause: unknown): Promise<void> {
    const message = `the journal failed: ${messageOf(cause)}`
    this.#options.log.error('a batch of writes failed', { error: messageOf(cause), durable: this.#revision })
    this.#failPending(new StoreFailedError(message, { cause }))
    const held = await this.#options.journal.position().then(
      (position) => `revision ${position.revision}`,
      (error) => messageOf(error),
    )
    if (held === `revision ${this.#revision}`) return
    this.#failure ??= new StoreFailedError(`${message}; it holds ${held}, expected revision ${this.#revision}`)
    this.#failPending(this.#failure)
  }

  #failPending(error: StoreFailedError): void {
    const lost = this.#headRevision
    this.#headRevision = this.#revision
    this.#pending.fail(error)
    this.#waiters.fail(lost, error)
  }
}
