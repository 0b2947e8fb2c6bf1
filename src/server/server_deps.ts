import type { UserInfo } from '../api/request.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Store } from '../store/store.ts'
import type { AuditSink } from './access/audit.ts'
import type { AfterOthers } from './http/fair_turns.ts'
import type { ProxyPort } from './http/proxy_port.ts'
import type { StreamingPort } from './http/streaming_port.ts'
import type { NodeStatsPort } from './metrics/collector.ts'
import type { Gauge } from './metrics/page.ts'

/** What a token says of its bearer. */
export interface TokenClaims {
  readonly namespace: string
  readonly serviceAccount: string
  readonly serviceAccountUid: string
  /** The object with which the token dies. */
  readonly pod?: TokenOwner
  readonly secret?: TokenOwner
  /** The same, but beside a pod: then it is where the pod runs, without a uid if nobody knows the node. */
  readonly node?: Partial<TokenOwner> & Pick<TokenOwner, 'name'>
  readonly audiences: readonly string[]
  /** Names this one token. */
  readonly id?: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** From when on its use is a sign of a client that does not renew it. */
  readonly warnAfter?: number
}

/** An object that a token is bound to. */
export interface TokenOwner {
  readonly name: string
  readonly uid: string
}

/** Makes and checks service-account tokens. A port, as signing is asynchronous on the machine and not in the simulator. */
export interface TokenSigner {
  sign(claims: TokenClaims, issuedAt: number): Promise<string>
  /** Undefined when the token was not made by this cluster, was altered or has expired. */
  verify(token: string, nowSeconds: number): Promise<TokenClaims | undefined>
  /** The public keys, for `/openid/v1/jwks`. */
  publicKeys?(): Promise<object>
}

/** Compresses an answer, off the main thread where the machine can. */
export type Gzip = (bytes: Uint8Array) => Promise<Uint8Array>

/** A block of addresses in CIDR notation. */
export type AddressRange = string

/** What the server is given. Only `store`, `clock`, `random` and `log` have no default. */
export interface ServerDeps {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly featureGates?: ReadonlyMap<string, boolean>
  /** Absent: no service-account tokens. */
  readonly tokens?: TokenSigner
  /** Bearer tokens that are known from the start, such as the administrator's; absent: there are none. */
  readonly staticTokens?: ReadonlyMap<string, UserInfo>
  /** The certificate (PEM) of the authority of client certificates, told to servers that extend the API; absent: not told. */
  readonly clientAuthority?: string
  readonly gzip?: Gzip
  /** Lets others run between two requests of users; absent: they begin as they come. */
  readonly afterOthers?: AfterOthers
  /** Where cluster addresses of services come from. */
  readonly serviceRange?: AddressRange
  readonly nodePortRange?: { readonly first: number; readonly last: number }
  /** Where clients inside the cluster find the API: the endpoint behind the `kubernetes` service. */
  readonly advertise?: { readonly address: string; readonly port: number }
  /** Exec, attach, port-forward and logs; absent: answered with 503. */
  readonly streaming?: StreamingPort
  /** The way to pods, services and nodes for requests to `proxy`; absent: answered with 503. */
  readonly proxy?: ProxyPort
  /** Numbers of the process for `/metrics`, besides the server's own. */
  readonly gauges?: () => readonly Gauge[]
  /** Asks nodes what they use, for `metrics.k8s.io`; absent: the group is not there. */
  readonly nodeStats?: NodeStatsPort
  /** Whether users are advised about StatefulSets and pods by `Warning` headers; absent: they are not. */
  readonly bestPracticeWarnings?: boolean
  /** Where the audit log goes; absent: there is none. */
  readonly audit?: AuditSink
  /** The suffix of the version: `v1.36.3+berth.0.1.0`. */
  readonly productVersion?: string
}

export const DEFAULT_SERVICE_RANGE: AddressRange = '10.96.0.0/16'
export const DEFAULT_NODE_PORTS = { first: 30_000, last: 32_767 }
/** Tokens without a stated audience are meant for the API itself; also their issuer. */
export const API_AUDIENCE = 'https://kubernetes.default.svc'
