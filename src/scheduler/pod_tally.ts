import { add, assumedRequest, type ResourceTotals, requestsOf } from '../api/pod_requests.ts'
import type { Pod } from '../api/types.ts'
import { controllerUidOf } from './controller_uid.ts'
import { requiredAntiAffinity } from './pod_terms.ts'

/**
 * The pods of one node and what they come to. It is kept current as pods come and go, so that
 * placing a pod costs the same on a full node as on an empty one.
 */
export class PodTally {
  readonly #pods = new Set<Pod>()
  readonly #guards = new Set<Pod>()
  readonly #requested = new Map<string, number>()
  readonly #byController = new Map<string, number>()
  #usual = { cpu: 0, memory: 0 }

  static of(pods: readonly Pod[]): PodTally {
    const tally = new PodTally()
    for (const pod of pods) tally.add(pod)
    return tally
  }

  get count(): number {
    return this.#pods.size
  }

  /** Every pod: a walk over all of them, for pods whose rules speak of others. */
  pods(): readonly Pod[] {
    return [...this.#pods]
  }

  /** The pods that keep others away. */
  guards(): readonly Pod[] {
    return [...this.#guards]
  }

  /** What the pods have asked for. */
  get requested(): ResourceTotals {
    return this.#requested
  }

  /** The same for CPU and memory, but each pod that names none counts with a small amount. */
  get usual(): { readonly cpu: number; readonly memory: number } {
    return this.#usual
  }

  /** How many of the pods this controller has made. */
  countOfController(uid: string): number {
    return this.#byController.get(uid) ?? 0
  }

  add(pod: Pod): void {
    this.#pods.add(pod)
    if (requiredAntiAffinity(pod).length > 0) this.#guards.add(pod)
    this.#count(pod, 1)
  }

  /** The very object that was added. */
  remove(pod: Pod): void {
    if (!this.#pods.delete(pod)) return
    this.#guards.delete(pod)
    this.#count(pod, -1)
  }

  #count(pod: Pod, sign: 1 | -1): void {
    const requests = requestsOf(pod)
    add(this.#requested, sign === 1 ? requests : new Map([...requests].map(([name, amount]) => [name, -amount])))
    this.#usual = {
      cpu: this.#usual.cpu + sign * assumedRequest(pod, 'cpu'),
      memory: this.#usual.memory + sign * assumedRequest(pod, 'memory'),
    }
    const controller = controllerUidOf(pod)
    if (controller !== undefined) this.#byController.set(controller, this.countOfController(controller) + sign)
  }
}
