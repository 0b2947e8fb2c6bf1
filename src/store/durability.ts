import { Heap } from '../base/heap.ts'
import type { Revision, StoreFailedError } from './store.ts'

interface Waiter {
  readonly revision: Revision
  readonly resolve: () => void
  readonly reject: (error: StoreFailedError) => void
}

/** Those who wait for a revision to become durable, the nearest first. */
export class DurabilityWaiters {
  readonly #waiters = new Heap<Waiter>((a, b) => a.revision < b.revision)

  wait(revision: Revision): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ revision, resolve, reject }))
  }

  reached(revision: Revision): void {
    for (const waiter of this.#takeUpTo(revision)) waiter.resolve()
  }

  /** Whoever waits for a revision up to `revision` will not see it. */
  fail(revision: Revision, error: StoreFailedError): void {
    for (const waiter of this.#takeUpTo(revision)) waiter.reject(error)
  }

  #takeUpTo(revision: Revision): Waiter[] {
    const taken: Waiter[] = []
    for (
      let next = this.#waiters.peek();
      next !== undefined && next.revision <= revision;
      next = this.#waiters.peek()
    ) {
      this.#waiters.pop()
      taken.push(next)
    }
    return taken
  }
}
