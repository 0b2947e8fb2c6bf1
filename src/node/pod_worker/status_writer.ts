import { ApiError, isConflict, isNotFound } from '../../api/error.ts'
import { PODS } from '../../api/resources.ts'
import type { Pod, PodStatus } from '../../api/types.ts'
import type { Clock, Timer } from '../../base/clock.ts'
import { type Log, messageOf } from '../../base/log.ts'
import type { Client } from '../../client/client.ts'
import { API_RETRY_FIRST_MS, API_RETRY_MOST_MS } from '../limits.ts'
import { retryDelay } from './back_off.ts'
import { sameAsStored, statusPatch } from './status_patch.ts'

export interface StatusWriterDeps {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  /** Actions of this node end in the turn of the event loop in which they began: only what they end in is written. */
  readonly actsAtOnce?: boolean
}

/** Whose status is written. */
export interface StatusOwner {
  /** The newest state of the pod that this process knows. */
  readonly pod: Pod
  /** The API has answered with a newer state. */
  update(pod: Pod): void
  /** The API has no such pod any more. */
  lost(): void
}

/** Writes one pod's status: one request at a time, only what changed, and always the newest that was asked for. */
export class StatusWriter {
  readonly #deps: StatusWriterDeps
  readonly #owner: StatusOwner
  #wanted: PodStatus | undefined
  #busy = false
  #failures = 0
  #timer: Timer | undefined

  constructor(deps: StatusWriterDeps, owner: StatusOwner) {
    this.#deps = deps
    this.#owner = owner
  }

  /** Asks that the API shows `status`; nothing is sent when it does already. */
  offer(status: PodStatus): void {
    this.#wanted = status
    if (this.#busy || this.#timer !== undefined) return
    if (this.#deps.actsAtOnce === true) this.#writeAfter(0)
    else void this.#write()
  }

  stop(): void {
    this.#wanted = undefined
    this.#timer?.cancel()
  }

  async #write(): Promise<void> {
    this.#busy = true
    await this.#writeAll()
    if (this.#timer === undefined) this.#failures = 0
    this.#busy = false
  }

  /** Writes until the API shows what is wanted. A patch that is wanted again at once did not take: the API keeps something else. */
  async #writeAll(): Promise<void> {
    let last: unknown
    for (let patch = this.#next(); patch !== undefined; patch = this.#next()) {
      if (last !== undefined && sameAsStored(patch, last)) {
        this.#retryLater()
        return
      }
      if (!(await this.#send(patch))) return
      last = patch
    }
    this.#wanted = undefined
  }

  #retryLater(): void {
    this.#writeAfter(retryDelay(this.#failures++, API_RETRY_FIRST_MS, API_RETRY_MOST_MS))
  }

  #writeAfter(delayMs: number): void {
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#timer = undefined
      void this.#write()
    })
  }

  #next(): Record<string, unknown> | undefined {
    if (this.#wanted === undefined) return undefined
    return statusPatch(this.#owner.pod.status, this.#wanted)
  }

  async #send(status: Record<string, unknown>): Promise<boolean> {
    const { name, namespace = '', uid } = this.#owner.pod.metadata
    try {
      const body = { metadata: { uid }, status }
      const pod = await this.#deps.client.patch(
        PODS,
        { namespace, name },
        { type: 'strategic', body, subresource: 'status' },
      )
      return this.#answered(pod, uid)
    } catch (error) {
      return this.#failed(error)
    }
  }

  #answered(pod: Pod, uid: string): boolean {
    if (pod.metadata.uid !== uid) return this.#isGone()
    this.#owner.update(pod)
    return true
  }

  #isGone(): boolean {
    this.#wanted = undefined
    this.#owner.lost()
    return false
  }

  /** The uid in the patch makes it fail on another pod of the same name. */
  #failed(error: unknown): boolean {
    if (isNotFound(error) || isConflict(error)) return this.#isGone()
    this.#deps.log.warn('cannot write a pod status', {
      pod: this.#owner.pod.metadata.name,
      error: messageOf(error),
    })
    if (error instanceof ApiError && error.reason === 'Invalid') return false
    this.#retryLater()
    return false
  }
}
