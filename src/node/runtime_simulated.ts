import type { Clock, Millis, Timer } from '../base/clock.ts'
import { trimmed } from '../base/copy.ts'
import type {
  ContainerConfig,
  ContainerRuntime,
  ContainerStats,
  ExecResult,
  PodIdentity,
  RuntimeContainer,
  RuntimeImage,
  Sandbox,
  SandboxConfig,
} from './runtime.ts'
import { ImageError } from './runtime.ts'
import { behaviourOf, type SimulatedBehaviour } from './simulated_stages.ts'

export interface SimulatedRuntimeOptions {
  readonly clock: Clock
  /** A new pod address; the addresses of one cluster must differ. */
  readonly nextIp: () => string
  /** Makes ids of this runtime differ from those of others. */
  readonly idPrefix: string
  readonly imageExists?: (reference: string) => boolean
}

/** A pod has one sandbox and few containers: lists are searched as fast as maps, and there may be 10,000 pods. */
interface SimulatedPod {
  readonly pod: PodIdentity
  sandboxes: readonly Sandbox[]
  readonly annotations: Readonly<Record<string, string>>
  containers: readonly SimulatedContainer[]
}

interface SimulatedContainer {
  seen: RuntimeContainer
  readonly behaviour: SimulatedBehaviour
  /** Who waits for its end. */
  ended: readonly (() => void)[]
  timer: Timer | undefined
}

/**
 * Containers that run in virtual time: no process, no file, no network. It keeps the port's rules
 * (labels are the memory, ids, attempts, exit codes), so that agents cannot tell it from a real
 * one but by its name. It outlives its agent, as containerd does: give one to a node, not to an agent.
 */
export class SimulatedRuntime implements ContainerRuntime {
  readonly version = 'simulated 1'
  readonly #options: SimulatedRuntimeOptions
  readonly #pods = new Map<string, SimulatedPod>()
  readonly #podOfId = new Map<string, SimulatedPod>()
  readonly #listeners = new Set<(podUid: string | undefined) => void>()
  #serial = 0

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options
  }

  watch(onChange: (podUid: string | undefined) => void): { stop(): void } {
    this.#listeners.add(onChange)
    return { stop: () => this.#listeners.delete(onChange) }
  }

  async listSandboxes(podUid?: string): Promise<readonly Sandbox[]> {
    return this.#some(podUid).flatMap((pod) => pod.sandboxes)
  }

  async listContainers(podUid?: string): Promise<readonly RuntimeContainer[]> {
    return this.#some(podUid).flatMap((pod) => pod.containers.map((one) => one.seen))
  }

  async runSandbox(config: SandboxConfig): Promise<Sandbox> {
    const pod = this.#podFor(config)
    const sandbox: Sandbox = {
      id: this.#newId(pod),
      pod: config.pod,
      attempt: config.attempt,
      state: 'ready',
      createdAt: this.#options.clock.now(),
      ips: config.hostNetwork ? [] : [this.#options.nextIp()],
    }
    pod.sandboxes = trimmed([...pod.sandboxes, sandbox])
    return sandbox
  }

  async stopSandbox(id: string): Promise<void> {
    const pod = this.#podOfId.get(id)
    if (pod === undefined) return
    pod.sandboxes = pod.sandboxes.map((one) => (one.id === id ? { ...one, state: 'notready' } : one))
    for (const one of pod.containers) if (one.seen.sandboxId === id) this.#end(one, 137)
  }

  async removeSandbox(id: string): Promise<void> {
    await this.stopSandbox(id)
    const pod = this.#podOfId.get(id)
    this.#podOfId.delete(id)
    if (pod === undefined) return
    pod.sandboxes = pod.sandboxes.filter((one) => one.id !== id)
    for (const one of pod.containers) if (one.seen.sandboxId === id) await this.removeContainer(one.seen.id)
    this.#dropIfEmpty(pod)
  }

  async createContainer(sandbox: Sandbox, config: ContainerConfig): Promise<string> {
    const pod = this.#podOfId.get(sandbox.id)
    if (pod === undefined) throw new Error(`sandbox ${sandbox.id} not found`)
    const id = this.#newId(pod)
    const seen: RuntimeContainer = {
      id,
      pod: pod.pod,
      sandboxId: sandbox.id,
      name: config.name,
      attempt: config.attempt,
      state: 'created',
      image: config.image.reference,
      imageId: config.image.id,
      createdAt: this.#options.clock.now(),
      startedAt: undefined,
      finishedAt: undefined,
      exitCode: undefined,
      reason: undefined,
      message: undefined,
      annotations: config.annotations,
    }
    const behaviour = behaviourOf(pod.annotations, config.name)
    pod.containers = trimmed([...pod.containers, { seen, behaviour, ended: NOBODY, timer: undefined }])
    return id
  }

  startContainer(id: string): Promise<void> {
    const one = this.#container(id)
    const delayMs = one.behaviour.startMs ?? 0
    if (delayMs === 0) return Promise.resolve(this.#run(one))
    return new Promise((resolve) => {
      one.timer = this.#options.clock.after(delayMs, () => resolve(this.#run(one)))
    })
  }

  stopContainer(id: string, graceSeconds: number): Promise<void> {
    const one = this.#find(id)
    if (one === undefined || one.seen.state !== 'running') return Promise.resolve()
    const stopMs = one.behaviour.stopMs ?? 0
    const isKilled = stopMs > graceSeconds * 1000
    const done = new Promise<void>((resolve) => {
      one.ended = [...one.ended, resolve]
    })
    const delayMs = isKilled ? graceSeconds * 1000 : stopMs
    one.timer?.cancel()
    if (delayMs === 0) this.#end(one, 0)
    else one.timer = this.#options.clock.after(delayMs, () => this.#end(one, isKilled ? 137 : 0))
    return done
  }

  async removeContainer(id: string): Promise<void> {
    const pod = this.#podOfId.get(id)
    const one = this.#find(id)
    this.#podOfId.delete(id)
    if (pod === undefined || one === undefined) return
    this.#end(one, 137)
    pod.containers = pod.containers.filter((other) => other !== one)
    this.#dropIfEmpty(pod)
  }

  async execSync(id: string, command: readonly string[], _timeoutMs: Millis): Promise<ExecResult> {
    const { seen, behaviour } = this.#container(id)
    if (seen.state !== 'running') throw new Error(`container ${id} is not running`)
    const ranMs = this.#options.clock.now() - (seen.startedAt ?? 0)
    const isEarly = behaviour.readyAfterMs !== undefined && ranMs < behaviour.readyAfterMs
    const exitCode = isEarly ? 1 : (behaviour.execCode ?? 0)
    return { exitCode, stdout: answerTo(command, seen.pod), stderr: new Uint8Array(), timedOut: false }
  }

  async streamUrl(): Promise<string> {
    throw new Error('this node is simulated: its containers run no processes to talk to')
  }

  async ensureImage(reference: string, policy: string): Promise<RuntimeImage> {
    if (this.#options.imageExists?.(reference) === false) {
      throw new ImageError(policy === 'Never' ? 'ErrImageNeverPull' : 'ErrImagePull', `image ${reference} not found`)
    }
    return { reference, id: `simulated:${reference}`, pulled: false }
  }

  async stats(): Promise<readonly ContainerStats[]> {
    const at = this.#options.clock.now()
    const running = (await this.listContainers()).filter((one) => one.state === 'running')
    return running.map((one) => ({ containerId: one.id, cpuNanoseconds: 0, memoryBytes: 0, at }))
  }

  async reopenLog(): Promise<void> {}

  /** For tests and fault injection: the container ends by itself now. */
  crash(id: string, exitCode: number): void {
    this.#end(this.#container(id), exitCode)
  }

  /** The node loses power: every container and sandbox is gone, as after a reboot. */
  reboot(): void {
    this.#pods.clear()
    this.#podOfId.clear()
    this.#tell(undefined)
  }

  #run(one: SimulatedContainer): void {
    if (one.seen.state !== 'created' || !this.#podOfId.has(one.seen.id)) return
    one.seen = { ...one.seen, state: 'running', startedAt: this.#options.clock.now() }
    const { exit } = one.behaviour
    if (exit !== undefined && one.seen.attempt < (exit.times ?? Number.POSITIVE_INFINITY)) {
      one.timer = this.#options.clock.after(exit.afterMs, () => this.#end(one, exit.code))
    }
    this.#tell(one.seen.pod.uid)
  }

  #end(one: SimulatedContainer, exitCode: number): void {
    if (one.seen.state !== 'running') return
    one.timer?.cancel()
    const finishedAt = this.#options.clock.now()
    one.seen = { ...one.seen, state: 'exited', finishedAt, exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' }
    const { ended } = one
    one.ended = NOBODY
    for (const resolve of ended) resolve()
    this.#tell(one.seen.pod.uid)
  }

  #tell(podUid: string | undefined): void {
    for (const listener of this.#listeners) listener(podUid)
  }

  #podFor(config: SandboxConfig): SimulatedPod {
    const known = this.#pods.get(config.pod.uid)
    if (known !== undefined) return known
    const pod: SimulatedPod = {
      pod: config.pod,
      sandboxes: [],
      annotations: config.annotations,
      containers: [],
    }
    this.#pods.set(config.pod.uid, pod)
    return pod
  }

  #dropIfEmpty(pod: SimulatedPod): void {
    if (pod.sandboxes.length === 0 && pod.containers.length === 0) this.#pods.delete(pod.pod.uid)
  }

  #some(podUid: string | undefined): readonly SimulatedPod[] {
    if (podUid === undefined) return [...this.#pods.values()]
    const pod = this.#pods.get(podUid)
    return pod === undefined ? [] : [pod]
  }

  #container(id: string): SimulatedContainer {
    const one = this.#find(id)
    if (one === undefined) throw new Error(`container ${id} not found`)
    return one
  }

  #find(id: string): SimulatedContainer | undefined {
    return this.#podOfId.get(id)?.containers.find((one) => one.seen.id === id)
  }

  #newId(pod: SimulatedPod): string {
    const id = `${this.#options.idPrefix}${this.#serial++}`
    this.#podOfId.set(id, pod)
    return id
  }
}

const NOBODY: readonly (() => void)[] = []

/** The few commands whose answer is known without running anything. */
function answerTo(command: readonly string[], pod: PodIdentity): Uint8Array {
  const text = command.length === 1 && command[0] === 'hostname' ? `${pod.name}\n` : ''
  return new TextEncoder().encode(text)
}
