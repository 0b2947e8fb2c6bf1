import type { LogOptions, LogSink } from '../../api/container_log.ts'
import type { TunnelOptions } from '../../api/tunnel_options.ts'
import type { Pod } from '../../api/types.ts'

/** A tunnel, and the pod as the API shows it. */
export interface TunnelRequest extends TunnelOptions {
  readonly pod: Pod
}

/** An upgraded connection, before its protocol has been agreed on; a Node socket fits. */
export interface UpgradeSocket {
  write(chunk: Uint8Array | string): boolean
  end(): void
  destroy(): void
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'close' | 'end' | 'drain', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  pause(): unknown
  resume(): unknown
}

/** An upgrade request as the HTTP layer saw it. */
export interface Upgrade {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly socket: UpgradeSocket
  /** Bytes of the new protocol that came with the request. */
  readonly head: Uint8Array
}

/**
 * What the server needs of a node's agent: to read logs and to connect a client with a container.
 * The server has authenticated, authorized and looked up the pod before it asks; the port speaks
 * the client's protocol (WebSocket v5 or SPDY) on the socket and answers `101` itself, and only
 * after the container's side has agreed.
 */
export interface StreamingPort {
  /** Resolves once the first bytes may come; rejects with an ApiError (container not started, node gone). */
  log(pod: Pod, options: LogOptions, sink: LogSink, signal: AbortSignal): Promise<void>
  tunnel(request: TunnelRequest, upgrade: Upgrade): Promise<void>
}
