import type { Pod } from '../api/types.ts'
import type { Timer } from '../base/clock.ts'
import { messageOf } from '../base/log.ts'
import type { CacheChange } from '../client/informer.ts'
import { RELIST_BUSY_MS, RELIST_IDLE_MS } from './limits.ts'
import { type NodeOffer, rejectionOf } from './pod_admission.ts'
import type { PodSource } from './pod_source.ts'
import { podFromRuntime } from './pod_worker/pod_object.ts'
import { GRACE_ANNOTATION } from './pod_worker/spec_hash.ts'
import type { Rejection } from './pod_worker/view.ts'
import { PodWorker, type WorkerDeps, type WorkerStart } from './pod_worker/worker.ts'
import type { PodIdentity } from './runtime.ts'
import { RuntimeChanges } from './runtime_changes.ts'

export type PodManagerDeps = Omit<WorkerDeps, 'forget'> & {
  readonly pods: PodSource
  /** Which pods the node takes and what it has for them. */
  readonly offer: NodeOffer
}

/** Gives each pod of the node a worker, by uid, and each worker the news that concern it. */
export class PodManager {
  readonly #deps: PodManagerDeps
  /** The same for all workers. */
  readonly #workerDeps: WorkerDeps
  readonly #workers = new Map<string, PodWorker>()
  readonly #changes = new RuntimeChanges()
  #watch: { stop(): void } | undefined
  #timer: Timer | undefined
  #stopped = false

  constructor(deps: PodManagerDeps) {
    this.#deps = deps
    this.#workerDeps = { ...deps, forget: (uid) => this.#workers.delete(uid) }
  }

  /** Takes over what an earlier agent left running, then follows pods and runtime. The pods' first list must be there. */
  async start(): Promise<void> {
    this.#deps.pods.onChange((change) => this.#podChanged(change))
    for (const pod of this.#deps.pods.list()) this.#take(pod)
    this.#watch = this.#deps.runtime.watch?.((uid) => this.#runtimeTold(uid))
    await this.#relist()
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#watch?.stop()
    for (const worker of this.#workers.values()) worker.stop()
  }

  /** The worker of the pod that has this name now. */
  workerOf(namespace: string, name: string): PodWorker | undefined {
    const all = [...this.#workers.values()].filter(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
    )
    return all.find((one) => this.#isInApi(one.pod)) ?? all[0]
  }

  /** Something that pods of a namespace refer to has changed: what failed for want of it is tried again now. */
  relatedChanged(namespace: string): void {
    for (const worker of this.#workers.values()) {
      if (worker.hasFailures && worker.pod.metadata.namespace === namespace) worker.retryNow()
    }
  }

  workers(): readonly PodWorker[] {
    return [...this.#workers.values()]
  }

  #isInApi(pod: Pod): boolean {
    return this.#deps.pods.list().some((one) => one.metadata.uid === pod.metadata.uid)
  }

  /** One name may pass from one pod to another in a single change: then the old one is gone and the new one begins. */
  #podChanged(change: CacheChange<Pod>): void {
    if (this.#stopped) return
    const { previous, current } = change
    if (previous !== undefined && previous.metadata.uid !== current?.metadata.uid) {
      this.#workers.get(previous.metadata.uid)?.lost()
    }
    if (current !== undefined) this.#take(current)
  }

  #take(pod: Pod): void {
    const known = this.#workers.get(pod.metadata.uid)
    if (known === undefined) this.#begin(pod, { rejection: this.#rejectionOf(pod) })
    else known.update(pod)
  }

  /** What an agent has begun with is not thought over, nor is what ends already. */
  #rejectionOf(pod: Pod): Rejection | undefined {
    const { status, metadata } = pod
    if (status?.startTime !== undefined || metadata.deletionTimestamp !== undefined) return undefined
    const pods = () => this.workers().flatMap((one) => (one.isTaken ? [one.pod] : []))
    const rejection = rejectionOf(pod, { atMost: this.#workers.size, pods }, this.#deps.offer)
    if (rejection !== undefined) this.#deps.events.record(pod, 'Warning', rejection.reason, rejection.message)
    return rejection
  }

  #begin(pod: Pod, start: WorkerStart): void {
    const worker = new PodWorker(this.#workerDeps, pod, start)
    this.#workers.set(pod.metadata.uid, worker)
    worker.wake()
  }

  #runtimeTold(uid: string | undefined): void {
    if (this.#stopped) return
    if (uid !== undefined) {
      this.#workers.get(uid)?.runtimeChanged()
      return
    }
    for (const worker of this.#workers.values()) worker.runtimeChanged()
    void this.#relist()
  }

  /** Without a runtime that tells of changes the list itself is what tells. */
  async #relist(): Promise<void> {
    this.#timer?.cancel()
    try {
      const [sandboxes, containers] = await Promise.all([
        this.#deps.runtime.listSandboxes(),
        this.#deps.runtime.listContainers(),
      ])
      if (this.#stopped) return
      for (const uid of this.#changes.observe(sandboxes, containers)) this.#workers.get(uid)?.runtimeChanged()
      for (const one of [...sandboxes, ...containers])
        this.#adoptOrphan(one.pod, 'annotations' in one ? one.annotations : {})
    } catch (error) {
      this.#deps.log.warn('cannot list the containers of this node', { error: messageOf(error) })
    }
    if (this.#watch === undefined && !this.#stopped)
      this.#timer = this.#deps.clock.after(this.#relistMs(), () => void this.#relist())
  }

  /** Containers whose pod is not in the API are stopped and removed. */
  #adoptOrphan(identity: PodIdentity, annotations: Readonly<Record<string, string>>): void {
    if (this.#workers.has(identity.uid)) return
    const grace = Number(annotations[GRACE_ANNOTATION])
    this.#deps.log.info('containers without a pod are stopped', { ...identity })
    this.#begin(podFromRuntime(identity, Number.isInteger(grace) && grace > 0 ? grace : undefined), { gone: true })
  }

  #relistMs(): number {
    for (const worker of this.#workers.values()) if (worker.isBusy) return RELIST_BUSY_MS
    return RELIST_IDLE_MS
  }
}
