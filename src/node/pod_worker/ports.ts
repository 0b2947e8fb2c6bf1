import type { Container, KubeObject, Pod } from '../../api/types.ts'
import type { ContainerConfig, RuntimeContainer, RuntimeImage, SandboxConfig } from '../runtime.ts'
import type { ProbeState } from './view.ts'

/** Tells users what happened to a pod; `fieldPath` names the container: `spec.containers{web}`. */
export interface PodEvents {
  record(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void
}

/**
 * What a pod finds when it starts: directories, volumes, files, settings. The machine's own
 * implementation writes them; that of simulated nodes only checks that what is referred to exists.
 */
export interface PodPreparation {
  /** True also for what an earlier agent process has mounted. */
  isMounted(podUid: string): boolean
  /** Mounts all volumes; done already is success. @throws VolumeError */
  mount(pod: Pod): Promise<void>
  unmount(pod: Pod): Promise<void>
  /** What the pod asks for that this node passes over, as paths in its spec. */
  notSupported?(pod: Pod): readonly string[]
  sandboxConfig(pod: Pod, attempt: number): Promise<SandboxConfig>
  /** @throws ConfigError */
  containerConfig(request: ContainerRequest): Promise<ContainerConfig>
  /** What an ended container left as its last words; undefined if nothing. */
  terminationMessage(pod: Pod, container: Container, instance: RuntimeContainer): Promise<string | undefined>
  /** Called when an instance has been removed: its log file goes too. */
  forgetInstance(pod: Pod, name: string, attempt: number): Promise<void>
  /** Called when nothing is left of the pod: its directories go. */
  forget(pod: Pod): Promise<void>
}

export interface ContainerRequest {
  readonly pod: Pod
  readonly container: Container
  readonly attempt: number
  readonly image: RuntimeImage
  readonly podIps: readonly string[]
  /** The running container into whose processes this one looks. */
  readonly processesOf?: string
}

/** A container cannot be made as its pod describes it: the waiting reason is CreateContainerConfigError. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A volume cannot be mounted; its message says which and why. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError'
}

/** A container whose probes are to run. */
export interface ProbeTarget {
  readonly container: Container
  readonly id: string
  readonly startedAt: number
  readonly podIp: string | undefined
  /** It is being stopped: only its readiness is still asked for. */
  readonly isEnding: boolean
}

/** The probes of one pod. */
export interface PodProbes {
  /** Starts the probes of new targets and ends those of targets that are no longer listed. */
  sync(pod: Pod, targets: readonly ProbeTarget[]): void
  states(): ReadonlyMap<string, ProbeState>
  stop(): void
}

/** Runs what a hook says; its failure is thrown with a message for the event. */
export type HookRunner = (request: {
  readonly pod: Pod
  readonly container: Container
  readonly id: string
  readonly hook: NonNullable<NonNullable<Container['lifecycle']>['preStop']>
  readonly podIp: string | undefined
  readonly timeoutMs: number
}) => Promise<void>
