import type { PodIdentity } from './runtime.ts'

/** A stretch of a container's log; the names are those of the `pods/log` subresource. */
export interface ContainerLogRequest {
  readonly pod: PodIdentity
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
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

/** Receives a container's log. `write` returns how many bytes wait for the reader. */
export interface ContainerLogSink {
  write(chunk: Uint8Array): number
  end(error?: Error): void
}

/** What a node's agent offers to the API server besides what goes through the API itself. Failures are ApiErrors. */
export interface NodeStreams {
  /** Resolves once the first bytes may come. */
  log(request: ContainerLogRequest, sink: ContainerLogSink, signal: AbortSignal): Promise<void>
  /** The one-use address on the runtime's streaming server, which speaks SPDY. */
  streamUrl(request: ContainerStreamRequest): Promise<string>
}
