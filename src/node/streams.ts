import type { LogOptions, LogSink } from '../api/container_log.ts'
import type { PodIdentity } from './runtime.ts'

/** Whose log is asked for, and which stretch of it. */
export interface ContainerLogRequest extends LogOptions {
  readonly pod: PodIdentity
}

/** A tunnel into a container (exec, attach) or into a pod's network (portforward). */
export interface ContainerStreamRequest {
  readonly pod: PodIdentity
  readonly kind: 'exec' | 'attach' | 'portforward'
  /** '' for portforward. */
  readonly container: string
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
  readonly ports: readonly number[]
}

/** What a node's agent offers to the API server besides what goes through the API itself. Failures are ApiErrors. */
export interface NodeStreams {
  /** Resolves once the first bytes may come. */
  log(request: ContainerLogRequest, sink: LogSink, signal: AbortSignal): Promise<void>
  /** The one-use address on the runtime's streaming server, which speaks SPDY. */
  streamUrl(request: ContainerStreamRequest): Promise<string>
}
