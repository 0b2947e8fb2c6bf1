import type { UserInfo } from '../../api/request.ts'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { toRfc3339Micro } from '../../base/time.ts'
import type { HttpHeaders, HttpRequest } from '../http/http_types.ts'
import { defined } from '../http/query.ts'
import type { ResourcePath } from '../http/router.ts'

/** One line of the audit log, in the form of `audit.k8s.io/v1` at the level `Metadata`: never a body. */
export interface AuditEvent {
  readonly kind: 'Event'
  readonly apiVersion: 'audit.k8s.io/v1'
  readonly level: 'Metadata'
  readonly auditID: string
  readonly stage: 'ResponseComplete'
  readonly requestURI: string
  readonly verb: string
  readonly user: object
  readonly impersonatedUser?: object
  readonly userAgent?: string
  readonly objectRef?: object
  readonly responseStatus: { readonly code: number }
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
}

/** Where the audit log goes. */
export type AuditSink = (event: AuditEvent) => void

/** What becomes known of a request while it is answered. */
export interface Trail {
  readonly receivedAt: number
  /** Names the request in the log and in its answer; the client may have chosen it. */
  readonly id: string
  user?: UserInfo
  /** In whose name the user acts, if not in their own. */
  actsAs?: UserInfo
  path?: ResourcePath
  /** The headers that name the flow that the request is of. */
  flow?: HttpHeaders
}

/** Writes down who did what. */
export interface Audit {
  begin(request: HttpRequest): Trail
  complete(trail: Trail, request: HttpRequest, code: number): void
}

export function createAudit(clock: Clock, random: Random, sink: AuditSink | undefined): Audit {
  return {
    begin: ({ headers }) => ({ receivedAt: clock.now(), id: headers['audit-id'] || random.uuid() }),
    complete(trail, request, code) {
      if (sink === undefined || !isWorthALine(trail, request, code)) return
      sink(eventOf(trail, request, { code, now: clock.now() }))
    },
  }
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Streams into containers; their queries hold the command, and in it perhaps a password. */
const STREAMS = new Set(['exec', 'attach', 'portforward'])
/** What agents write every few seconds says nothing of anybody. */
const HEARTBEATS = new Set(['leases', 'nodes', 'pods', 'events'])

/** Changes, refusals, reads of secrets and ways into containers are written down; other reads are not. */
function isWorthALine({ user, path }: Trail, { method }: HttpRequest, code: number): boolean {
  if (code === 401 || code === 403) return true
  if (path === undefined) return false
  const isHeartbeat = user?.groups.includes('system:nodes') === true && HEARTBEATS.has(path.resource)
  if (isHeartbeat) return false
  return !READS.has(method) || path.resource === 'secrets' || STREAMS.has(path.subresource ?? '')
}

interface Ending {
  readonly code: number
  readonly now: number
}

const shown = ({ name, groups, uid }: UserInfo): object => ({ username: name, groups, ...defined({ uid }) })

function eventOf(
  { user, actsAs, path, receivedAt, id }: Trail,
  request: HttpRequest,
  { code, now }: Ending,
): AuditEvent {
  const hidesQuery = request.query === '' || STREAMS.has(path?.subresource ?? '')
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id,
    stage: 'ResponseComplete',
    requestURI: hidesQuery ? request.path : `${request.path}?${request.query}`,
    verb: verbOf(request.method, path),
    user: user === undefined ? {} : shown(user),
    ...defined({ impersonatedUser: actsAs && shown(actsAs) }),
    ...defined({ userAgent: request.headers['user-agent'], objectRef: path && refOf(path) }),
    responseStatus: { code },
    requestReceivedTimestamp: toRfc3339Micro(receivedAt),
    stageTimestamp: toRfc3339Micro(now),
  }
}

const VERBS: Readonly<Record<string, string>> = { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update' }
const OF_COLLECTIONS: Readonly<Record<string, string>> = { GET: 'list', HEAD: 'list', DELETE: 'deletecollection' }

function verbOf(method: string, path: ResourcePath | undefined): string {
  const ofCollection = path !== undefined && path.name === undefined ? OF_COLLECTIONS[method] : undefined
  return ofCollection ?? VERBS[method] ?? method.toLowerCase()
}

function refOf({ group, version, resource, namespace, name, subresource }: ResourcePath): object {
  return { resource, ...defined({ namespace, name, subresource, apiGroup: group || undefined }), apiVersion: version }
}
