import type { LogOptions, LogSink } from '../api/container_log.ts'
import type { TunnelOptions } from '../api/tunnel_options.ts'
import type { PodIdentity } from './runtime.ts'

/** Whose log is asked for, and which stretch of it. */
export interface ContainerLogRequest extends LogOptions {
  readonly pod: PodIdentity
}

/** A tunnel, and the pod as the runtime knows it. */
export interface ContainerStreamRequest extends TunnelOptions {
  readonly pod: PodIdentity
}

/** What a node's agent offers to the API server besides what goes through the API itself. Failures are ApiErrors. */
export interface NodeStreams {
  /** Resolves once the first bytes may come. */
  log(request: ContainerLogRequest, sink: LogSink, signal: AbortSignal): Promise<void>
  /** The one-use address on the runtime's streaming server, which speaks SPDY. */
  streamUrl(request: ContainerStreamRequest): Promise<string>
}
