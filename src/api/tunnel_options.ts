/** What somebody wants of a tunnel into a container (exec, attach) or into a pod's network (portforward). */
export interface TunnelOptions {
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

/** A token that a browser offers as a protocol, as it cannot set headers for a WebSocket; base64url without padding follows. */
export const BEARER_PROTOCOL = 'base64url.bearer.authorization.k8s.io.'
