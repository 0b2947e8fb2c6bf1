import type { HttpResponse } from './http_types.ts'
import type { Upgrade } from './streaming_port.ts'

/** Where a proxied request goes, and the node whose agent carries it there. */
export type ProxyDestination =
  | {
      readonly type: 'address'
      readonly node: string
      readonly scheme: 'http' | 'https'
      readonly host: string
      /** A number, or what stood in its place: whoever dials says what is wrong with it. Empty: the scheme's own. */
      readonly port: string
    }
  /** The agent itself, where upstream has the kubelet. */
  | { readonly type: 'agent'; readonly node: string }

/** A request as the destination is to see it. */
export interface ProxiedRequest {
  readonly method: string
  /** Path and query, still encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** Carries requests to what lives inside a node. Failures to reach it are ApiErrors (503). */
export interface ProxyPort {
  /** The destination's answer, whatever its status; its body is streamed. */
  request(destination: ProxyDestination, request: ProxiedRequest): Promise<HttpResponse>
  /** Joins client and destination once it has answered `101`; else resolves with its refusal. */
  upgrade(destination: ProxyDestination, request: ProxiedRequest, upgrade: Upgrade): Promise<HttpResponse | undefined>
}
