import type { Pod } from '../../api/types.ts'
import type { Clock, Millis, Timer } from '../../base/clock.ts'
import { trimmed } from '../../base/copy.ts'
import { type Log, messageOf } from '../../base/log.ts'
import { SparseMap, SparseSet } from '../../base/sparse.ts'
import type { Client } from '../../client/client.ts'
import { START_BACK_OFF_FIRST_MS, START_BACK_OFF_MOST_MS } from '../limits.ts'
import type { ContainerRuntime, RuntimeContainer, Sandbox } from '../runtime.ts'
import { retryDelay } from './back_off.ts'
import { BackOffEvents } from './back_off_events.ts'
import { containerNamed, hasExited } from './containers.ts'
import { decide } from './decide.ts'
import { isTerminalPhase } from './lifecycle.ts'
import { OperationError } from './operation_error.ts'
import { Operations } from './operations.ts'
import { isOlder } from './pod_object.ts'
import type { HookRunner, PodEvents, PodPreparation, PodProbes } from './ports.ts'
import { StatusWriter } from './status_writer.ts'
import { type Action, type OperationKey, operationKeyOf, type PodView, type Rejection } from './view.ts'
import type { WorkerMemory } from './worker_memory.ts'

export interface WorkerDeps {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly events: PodEvents
  readonly runtime: ContainerRuntime
  readonly preparation: PodPreparation
  readonly runHook: HookRunner
  /** Containers of this node start and stop in no time, as simulated ones do: what they pass through is not told. */
  readonly actsAtOnce?: boolean
  readonly node: { readonly hostIps: readonly string[]; readonly runtimeName: string }
  /** `changed` is called when a result changes the decision. */
  readonly createProbes: (pod: Pod, changed: () => void) => PodProbes
  /** Nothing is left of the pod. */
  readonly forget: (uid: string) => void
}

/** How a pod comes to its worker: without an object in the API, or refused by the node. */
export interface WorkerStart {
  readonly gone?: boolean
  readonly rejection?: Rejection | undefined
}

/** Looks after one pod (one uid): looks, decides, acts, until nothing is left to do; woken by whatever may matter. */
export class PodWorker {
  readonly #deps: WorkerDeps
  readonly #operations: Operations
  readonly #writer: StatusWriter
  readonly #probes: PodProbes
  readonly #backOffEvents: BackOffEvents
  readonly #memory: WorkerMemory = {
    failures: new SparseMap(),
    failureCounts: new SparseMap(),
    backOffs: new SparseMap(),
    hooksPending: new SparseSet(),
    inFlight: new SparseSet(),
    stopping: new SparseMap(),
    terminationMessages: new SparseMap(),
  }
  #pod: Pod
  #gone: boolean
  readonly #rejection: Rejection | undefined
  #sandboxes: readonly Sandbox[] = []
  #containers: readonly RuntimeContainer[] = []
  #stale = true
  /** An action has ended since the last look began. */
  #outdated = false
  #turning = false
  #again = false
  #ended = false
  #timer: Timer | undefined

  constructor(deps: WorkerDeps, pod: Pod, { gone = false, rejection }: WorkerStart = {}) {
    this.#deps = deps
    this.#pod = pod
    this.#gone = gone
    this.#rejection = rejection
    this.#probes = deps.createProbes(pod, () => this.wake())
    const accepted = (newer: Pod) => this.update(newer)
    const sight = { view: () => this.#view(), accepted, wake: () => this.wake() }
    this.#operations = new Operations(deps, this.#memory, sight)
    this.#backOffEvents = new BackOffEvents(deps.events)
    this.#writer = new StatusWriter(deps, this)
  }

  get pod(): Pod {
    return this.#pod
  }

  /** Not settled: something is being done or will be soon, so the runtime should be looked at often. */
  get isBusy(): boolean {
    if (this.#memory.inFlight.size > 0 || this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return true
    const { phase } = this.#pod.status ?? {}
    return (phase === undefined || phase === 'Pending') && !this.hasFailures
  }

  /** It takes room on the node: it runs, or is going to. */
  get isTaken(): boolean {
    return this.#rejection === undefined && !isTerminalPhase(this.#pod.status?.phase)
  }

  get hasFailures(): boolean {
    return this.#memory.failures.size > 0
  }

  get containers(): readonly RuntimeContainer[] {
    return this.#containers
  }

  get sandboxes(): readonly Sandbox[] {
    return this.#sandboxes
  }

  /** A newer state of the pod; an older one is ignored, and so is the same once more (its own write, seen again). */
  update(pod: Pod): void {
    if (isOlder(pod, this.#pod) || pod.metadata.resourceVersion === this.#pod.metadata.resourceVersion) return
    this.#pod = pod
    this.wake()
  }

  /** The API has no pod with this uid any more. */
  lost(): void {
    this.#gone = true
    this.#writer.stop()
    this.wake()
  }

  /** The runtime's state of this pod may have changed. */
  runtimeChanged(): void {
    this.#stale = true
    this.wake()
  }

  /** What failed because something was missing is tried at once: that may have come. */
  retryNow(): void {
    this.#memory.failures.clear()
    this.wake()
  }

  wake(): void {
    if (this.#ended) return
    this.#again = true
    if (!this.#turning) void this.#turn()
  }

  /** Stops looking after the pod; its containers go on. */
  stop(): void {
    this.#ended = true
    this.#timer?.cancel()
    this.#writer.stop()
    this.#probes.stop()
  }

  async #turn(): Promise<void> {
    this.#turning = true
    try {
      while (this.#again && !this.#ended) {
        this.#again = false
        if (this.#stale) await this.#look()
        // What an action did while it ended during the look may be missing in what was seen.
        if (!this.#ended && !this.#outdated) this.#act()
      }
    } catch (error) {
      this.#deps.log.error('cannot look after a pod', { pod: this.#pod.metadata.name, error: messageOf(error) })
      this.#wakeAt(this.#deps.clock.now() + START_BACK_OFF_MOST_MS / 10)
    } finally {
      this.#turning = false
    }
  }

  async #look(): Promise<void> {
    this.#stale = false
    this.#outdated = false
    try {
      const { uid } = this.#pod.metadata
      const [sandboxes, containers] = await Promise.all([
        this.#deps.runtime.listSandboxes(uid),
        this.#deps.runtime.listContainers(uid),
      ])
      this.#sandboxes = trimmed(sandboxes.filter((one) => one.pod.uid === uid))
      this.#containers = trimmed(containers.filter((one) => one.pod.uid === uid))
      await this.#readLastWords()
    } catch (error) {
      this.#stale = true
      throw error
    }
  }

  async #readLastWords(): Promise<void> {
    for (const instance of this.#containers) {
      if (!hasExited(instance) || this.#memory.terminationMessages.has(instance.id)) continue
      const container = containerNamed(this.#pod.spec, instance.name)
      if (container === undefined) continue
      const message = await this.#deps.preparation
        .terminationMessage(this.#pod, container, instance)
        .catch(() => undefined)
      this.#memory.terminationMessages.set(instance.id, message ?? '')
    }
  }

  #act(): void {
    this.#syncProbes()
    const plan = decide(this.#view())
    for (const action of plan.actions) this.#begin(action)
    if (plan.status !== undefined) {
      this.#backOffEvents.tell(this.#pod, plan.status)
      this.#writer.offer(plan.status)
    }
    this.#wakeAt(plan.wakeAt)
  }

  #syncProbes(): void {
    const running = this.#containers.filter((one) => one.state === 'running')
    const isDeleted = this.#gone || this.#pod.metadata.deletionTimestamp !== undefined
    const podIp = this.#pod.spec.hostNetwork
      ? this.#deps.node.hostIps[0]
      : this.#sandboxes.find((one) => one.state === 'ready')?.ips[0]
    const targets = running.flatMap((one) => {
      const container = containerNamed(this.#pod.spec, one.name)
      if (container === undefined || this.#memory.hooksPending.has(one.id)) return []
      const isEnding = isDeleted || this.#memory.stopping.has(one.id)
      return [{ container, id: one.id, startedAt: one.startedAt ?? one.createdAt, podIp, isEnding }]
    })
    this.#probes.sync(this.#pod, targets)
  }

  #view(): PodView {
    return {
      ...this.#memory,
      now: this.#deps.clock.now(),
      pod: this.#pod,
      gone: this.#gone,
      rejection: this.#rejection,
      sandboxes: this.#sandboxes,
      containers: this.#containers,
      volumesMounted: this.#deps.preparation.isMounted(this.#pod.metadata.uid),
      probes: this.#probes.states(),
      finalStatusReported: isTerminalPhase(this.#pod.status?.phase),
      node: this.#deps.node,
    }
  }

  #begin(action: Action): void {
    const key = operationKeyOf(action)
    this.#memory.inFlight.add(key)
    if (action.do === 'forget') {
      this.#forget()
      return
    }
    this.#operations.run(action).then(
      () => this.#finished(key, undefined),
      (error) => this.#finished(key, error),
    )
  }

  #finished(key: OperationKey, error: unknown): void {
    this.#memory.inFlight.delete(key)
    if (error === undefined) {
      this.#memory.failures.delete(key)
      this.#memory.failureCounts.delete(key)
    } else this.#noteFailure(key, error)
    this.#outdated = true
    this.runtimeChanged()
  }

  #noteFailure(key: OperationKey, error: unknown): void {
    const count = this.#memory.failureCounts.get(key) ?? 0
    const at = this.#deps.clock.now()
    const [firstMs, mostMs] =
      error instanceof OperationError ? error.backOff : [START_BACK_OFF_FIRST_MS, START_BACK_OFF_MOST_MS]
    const reason = error instanceof OperationError ? error.reason : 'Error'
    this.#memory.failureCounts.set(key, count + 1)
    this.#memory.failures.set(key, {
      reason,
      message: messageOf(error),
      at,
      retryAt: at + retryDelay(count, firstMs, mostMs),
    })
    this.#deps.log.warn('an action for a pod failed', {
      pod: this.#pod.metadata.name,
      action: key,
      error: messageOf(error),
    })
  }

  #forget(): void {
    this.stop()
    void this.#deps.preparation
      .forget(this.#pod)
      .catch((error) => this.#deps.log.warn('cannot remove what a pod left', { error: messageOf(error) }))
      .then(() => this.#deps.forget(this.#pod.metadata.uid))
  }

  #wakeAt(at: Millis | undefined): void {
    this.#timer?.cancel()
    if (at === undefined || this.#ended) return
    this.#timer = this.#deps.clock.after(Math.max(0, at - this.#deps.clock.now()), () => this.wake())
  }
}
