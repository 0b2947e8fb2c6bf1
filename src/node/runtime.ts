import type { Millis } from '../base/clock.ts'

/**
 * What runs containers: containerd over CRI (in `host/`), or the simulated runtime. Labels are the
 * only memory: after a restart of the agent everything is found again by listing.
 */
export interface ContainerRuntime {
  /** `containerd 1.6.20`, for the node's status: `containerd://1.6.20`. */
  readonly version: string
  /** All sandboxes, or those of one pod (by its uid label). */
  listSandboxes(podUid?: string): Promise<readonly Sandbox[]>
  /** Makes the pod's network and pause process. Slow: give it a long deadline, and list before a retry. */
  runSandbox(config: SandboxConfig): Promise<Sandbox>
  stopSandbox(id: string): Promise<void>
  removeSandbox(id: string): Promise<void>
  /** All containers, running or not, or those of one pod (by its uid label). */
  listContainers(podUid?: string): Promise<readonly RuntimeContainer[]>
  /**
   * Tells of the uid of a pod whose sandbox or containers changed (undefined: list everything anew).
   * Without it the agent lists every second.
   */
  watch?(onChange: (podUid: string | undefined) => void): { stop(): void }
  createContainer(sandbox: Sandbox, config: ContainerConfig): Promise<string>
  startContainer(id: string): Promise<void>
  /** SIGTERM, then SIGKILL after `graceSeconds`; resolves when it has ended. */
  stopContainer(id: string, graceSeconds: number): Promise<void>
  removeContainer(id: string): Promise<void>
  execSync(id: string, command: readonly string[], timeoutMs: Millis): Promise<ExecResult>
  /** The address of the runtime's streaming server for one exec, attach or port-forward (one use). */
  streamUrl(request: StreamRequest): Promise<string>
  /**
   * Makes an image available, from the machine's image store or a registry.
   * @throws ImageError
   */
  ensureImage(
    reference: string,
    policy: 'Always' | 'IfNotPresent' | 'Never',
    how?: {
      /** For the image's registry: a document as in a secret's `.dockerconfigjson`. */
      readonly credentials?: string
      /** Called when the image has to be fetched, before that begins. */
      readonly onPull?: () => void
    },
  ): Promise<RuntimeImage>
  /** CPU and memory in use, per container. */
  stats(): Promise<readonly ContainerStats[]>
  /** Asks the runtime to open its log file anew after a rotation. */
  reopenLog(id: string): Promise<void>
}

export interface PodIdentity {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

export interface Sandbox {
  readonly id: string
  readonly pod: PodIdentity
  readonly attempt: number
  readonly state: 'ready' | 'notready'
  readonly createdAt: Millis
  /** The pod's addresses; empty with the host's network. */
  readonly ips: readonly string[]
}

export interface SandboxConfig {
  readonly pod: PodIdentity
  readonly attempt: number
  readonly hostname: string
  readonly logDirectory: string
  readonly dns: {
    readonly servers: readonly string[]
    readonly searches: readonly string[]
    readonly options: readonly string[]
  }
  readonly hostNetwork: boolean
  readonly shareProcessNamespace: boolean
  /** The node's own processes are visible to the pod's. */
  readonly hostPid?: boolean
  readonly hostIpc?: boolean
  /** Of the pod as a whole; a container may have its own. */
  readonly seccomp?: SeccompProfile
  /** One of the pod's containers is privileged; the runtime wants to know beforehand. */
  readonly privileged?: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly sysctls: Readonly<Record<string, string>>
  /** The pod's cgroup, already made by the agent; '' where there are none. */
  readonly cgroupParent: string
}

export interface RuntimeContainer {
  readonly id: string
  readonly pod: PodIdentity
  readonly sandboxId: string
  readonly name: string
  /** Grows with each restart; the log file is `<name>/<attempt>.log`. */
  readonly attempt: number
  readonly state: 'created' | 'running' | 'exited' | 'unknown'
  readonly image: string
  readonly imageId: string
  readonly createdAt: Millis
  readonly startedAt: Millis | undefined
  readonly finishedAt: Millis | undefined
  readonly exitCode: number | undefined
  /** `Completed`, `Error`, `OOMKilled`, as the runtime says. */
  readonly reason: string | undefined
  readonly message: string | undefined
  /** As given at creation: a hash of the container's spec among them. */
  readonly annotations: Readonly<Record<string, string>>
}

export interface Mount {
  readonly hostPath: string
  readonly containerPath: string
  readonly readonly: boolean
  readonly propagation: 'private' | 'rslave' | 'rshared'
}

export interface ContainerConfig {
  readonly name: string
  readonly attempt: number
  /** The id that `ensureImage` gave. */
  readonly image: RuntimeImage
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workingDir: string
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly mounts: readonly Mount[]
  /** The id of a running container of the pod whose processes this one sees instead of its own. */
  readonly processesOf?: string
  readonly stdin: boolean
  readonly stdinOnce: boolean
  readonly tty: boolean
  readonly logPath: string
  readonly annotations: Readonly<Record<string, string>>
  readonly resources: {
    readonly cpuShares?: number
    readonly cpuQuota?: number
    readonly cpuPeriod?: number
    readonly memoryLimitBytes?: number
    readonly oomScoreAdj?: number
  }
  readonly security: {
    readonly privileged: boolean
    readonly runAsUser?: number
    readonly runAsGroup?: number
    readonly supplementalGroups: readonly number[]
    readonly addCapabilities: readonly string[]
    readonly dropCapabilities: readonly string[]
    readonly readOnlyRootFilesystem: boolean
    readonly noNewPrivileges: boolean
    /** Absent: unconfined, as without a profile. */
    readonly seccomp?: SeccompProfile
    /** All of /proc is visible, as `procMount: Unmasked` asks. */
    readonly unmaskedProc?: boolean
  }
}

/** Which system calls are allowed: the runtime's own profile, all, or those of a profile in a file of the node. */
export type SeccompProfile = 'RuntimeDefault' | 'Unconfined' | { readonly file: string }

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** The command did not end in time; what it printed until then is kept. */
  readonly timedOut: boolean
}

export type StreamRequest =
  | {
      readonly kind: 'exec'
      readonly containerId: string
      readonly command: readonly string[]
      readonly stdin: boolean
      readonly stdout: boolean
      readonly stderr: boolean
      readonly tty: boolean
    }
  | {
      readonly kind: 'attach'
      readonly containerId: string
      readonly stdin: boolean
      readonly stdout: boolean
      readonly stderr: boolean
      readonly tty: boolean
    }
  | { readonly kind: 'portforward'; readonly sandboxId: string; readonly ports: readonly number[] }

export interface RuntimeImage {
  readonly reference: string
  /** `sha256:…` */
  readonly id: string
  /** Was not there before this call. */
  readonly pulled: boolean
  /** Set when the image is a stand-in for the name that was asked for: what it really is. */
  readonly standsInFor?: string
  /** The user of the image's config, as a number if it has one: for non-root checks. */
  readonly user?: number
}

export interface ContainerStats {
  readonly containerId: string
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
  readonly at: Millis
}

/** `reason` is what the container's waiting state shows. */
export class ImageError extends Error {
  override readonly name = 'ImageError'
  readonly reason: 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName'
  constructor(reason: ImageError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}
