import type { Millis } from '../base/clock.ts'

/**
 * What the node agent needs from the machine besides containers. `host/` implements it; the
 * simulation and the simulated nodes implement it in memory. All paths are absolute. A missing file
 * is a value (`undefined`), everything else that goes wrong is thrown as an Error whose message can
 * be shown to the user of a pod.
 */
export interface HostPort {
  readonly files: HostFiles
  readonly mounts: HostMounts
  readonly dial: HostDial
  readonly cgroups: HostCgroups
}

export interface FileMode {
  /** Permission bits, set whatever the umask says. */
  readonly mode: number
  readonly uid?: number
  readonly gid?: number
}

export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'symlink' | 'other'
}

/** Files of the agent's own directories. Nothing here follows a symlink in the last component unless it says so. */
export interface HostFiles {
  /** Makes the directory and its parents; parents that were missing get mode 0755. "Already so" is success (its mode is set anew). */
  makeDirectory(path: string, mode: FileMode): Promise<void>
  /** Replaces the file in one step (temporary file beside it, fsync not needed, rename). The directory must exist. */
  writeFile(path: string, content: Uint8Array, mode: FileMode): Promise<void>
  /** Makes an empty file if there is none, keeping what is there. For bind-mount targets and termination messages. */
  touchFile(path: string, mode: FileMode): Promise<void>
  /** At most `bytesMax` bytes from `offset` (negative: counted from the end); undefined if there is no such regular file. */
  readFile(
    path: string,
    options: { readonly offset?: number; readonly bytesMax: number },
  ): Promise<Uint8Array | undefined>
  /** Undefined if there is no such file. */
  size(path: string): Promise<number | undefined>
  /** A text that is another one for another file, whatever it is called; undefined if there is no such file. */
  identity(path: string): Promise<string | undefined>
  /** What `path` is, following symlinks; undefined if there is nothing. */
  kindOf(path: string): Promise<'file' | 'directory' | 'socket' | 'charDevice' | 'blockDevice' | 'other' | undefined>
  /** In name order; undefined if there is no such directory. */
  list(path: string): Promise<readonly DirectoryEntry[] | undefined>
  /** Makes a symlink with exactly this target text; an older link of that name is replaced. */
  symlink(target: string, path: string): Promise<void>
  readLink(path: string): Promise<string | undefined>
  /** Replaces `to`, also when that is a symlink. */
  rename(from: string, to: string): Promise<void>
  /**
   * Removes a file or a whole tree. Never follows a symlink and never enters another mount: a mount
   * point below is an error, because a volume's content would be deleted through it.
   */
  removeTree(path: string): Promise<void>
  /** Gives a volume to a group: chgrp of everything, `g+rwX` (`g+rX` if readonly), setgid on directories; does not follow symlinks. */
  setGroup(
    root: string,
    options: { readonly gid: number; readonly readonly: boolean; readonly onRootMismatch: boolean },
  ): Promise<void>
  /** Calls `onChange` when the file grows, is replaced or appears; calls may be merged but the last change is never lost. */
  watchFile(path: string, onChange: () => void): HostWatch
}

export interface HostWatch {
  stop(): void
}

export interface HostMounts {
  /** A file system in memory; mounted already is success. */
  mountTmpfs(target: string, options: { readonly sizeBytes?: number; readonly mode: number }): Promise<void>
  /** `target` must exist and be of the same sort (directory or file). Mounted already is success. */
  bind(source: string, target: string, options: { readonly readonly: boolean }): Promise<void>
  /**
   * Binds what lies at `subPath` inside the volume at `volumeRoot` to `target`, and makes `target`
   * (directory or file, as the source is). Missing directories on the way are made with mode
   * `createMode` and the owner of the volume's root. Each component is opened below the last one
   * without following symlinks and what was opened is what gets bound, so a container that swaps a
   * directory for a symlink meanwhile gains nothing. `..`, absolute paths and symlinks are refused.
   */
  bindSubPath(options: {
    readonly volumeRoot: string
    readonly subPath: string
    readonly target: string
    readonly createMode: number
  }): Promise<void>
  /** Unmounts everything at and below `path`, deepest first; nothing mounted is success. */
  unmountBelow(path: string): Promise<void>
}

export interface HttpProbeRequest {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Path with query. */
  readonly path: string
  /** In order; `Host` and `User-Agent` may be among them. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly timeoutMs: Millis
}

export interface HttpProbeResponse {
  readonly status: number
  /** `Location`, if there is one: redirects are never followed here. */
  readonly location: string | undefined
  /** The first 10 KiB. */
  readonly body: Uint8Array
}

export interface GrpcHealthRequest {
  readonly host: string
  readonly port: number
  /** '' asks for the server as a whole. */
  readonly service: string
  readonly timeoutMs: Millis
}

/** Connections from inside the node's network. Certificates are not checked (that is what probes do). */
export interface HostDial {
  /** GET without keep-alive. @throws Error with a message that says why, also when time runs out. */
  httpGet(request: HttpProbeRequest): Promise<HttpProbeResponse>
  /** Connects and closes. @throws Error */
  tcpConnect(host: string, port: number, timeoutMs: Millis): Promise<void>
  /** Asks the health service of gRPC, without TLS: `SERVING`, `NOT_SERVING`, `UNKNOWN`. @throws Error */
  grpcHealth(request: GrpcHealthRequest): Promise<string>
}

export interface HostCgroups {
  /** Makes the pod's cgroup with its limits; answers its path for the runtime, '' where there are no cgroups. */
  makePod(options: {
    readonly uid: string
    readonly qosClass: 'Guaranteed' | 'Burstable' | 'BestEffort'
    readonly cpuShares: number
    readonly cpuQuota?: number
    readonly memoryLimitBytes?: number
  }): Promise<string>
  /** Gone already is success. Called when no process is left in it. */
  removePod(uid: string): Promise<void>
}
