import { ApiError } from '../api/error.ts'
import type { ApiRequest, UserInfo } from '../api/request.ts'
import { checkAccess } from './access.ts'
import type { Trail } from './audit.ts'
import { authenticate } from './authentication.ts'
import type { Authorizer } from './authorization.ts'
import type { Call, RequestBody } from './call.ts'
import type { Core } from './core.ts'
import { dispatch } from './dispatch.ts'
import { answerProxy, isProxy } from './http_proxy.ts'
import { answerLog, isLog, isTunnel, openTunnel } from './http_streaming.ts'
import { type HttpHandler, type HttpHeaders, type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'
import { answerWatch } from './http_watch.ts'
import { impersonated } from './impersonation.ts'
import { GZIP_BYTES_MIN } from './limits.ts'
import { isTimed, requestLabels } from './metrics/request_labels.ts'
import { isMetricsGroup, metricsTarget } from './metrics/resources.ts'
import { bodyMediaType, negotiate, negotiateWatch, readableMediaType, representationOfError } from './negotiation.ts'
import { checkNodeRead } from './node_reads.ts'
import { patchTypeOf } from './patch_types.ts'
import { answerPath } from './paths.ts'
import { defined, requestOptionsOf, wantsWatch } from './query.ts'
import { type Written, writeBody } from './representation.ts'
import { isLongRunning } from './request_gate.ts'
import { isKnownGroup, parseRoute, type ResourcePath, targetOf, verbOf } from './router.ts'
import type { Upgrade } from './streaming_port.ts'
import { includeObjectOf } from './table.ts'
import { warningHeaders } from './warnings.ts'

/** Serves HTTP requests; needs no socket. */
export function createHttpHandler(core: Core, authorizer: Authorizer): HttpHandler {
  return (request) => audited(core, request, (trail) => answer({ core, authorizer, request, trail }))
}

/** Answers, also what goes wrong, and writes down what has to be. */
async function audited<T extends HttpResponse | undefined>(
  core: Core,
  request: HttpRequest,
  work: (trail: Trail) => Promise<T>,
): Promise<T | HttpResponse> {
  const trail = core.audit.begin()
  const leave = core.traffic.begin(request.method === 'GET' || request.method === 'HEAD')
  const response = await work(trail).catch((thrown: unknown) => errorResponse(core, request, thrown))
  leave()
  const code = response?.status ?? SWITCHED_PROTOCOLS
  core.audit.complete(trail, request, code)
  const labels = requestLabels(core, request, trail.path)
  core.traffic.answered({ ...labels, code }, isTimed(labels) ? core.deps.clock.now() - trail.receivedAt : undefined)
  return response
}

const SWITCHED_PROTOCOLS = 101

/** A request on its way through the door. */
interface Arrival {
  readonly core: Core
  readonly authorizer: Authorizer
  readonly request: HttpRequest
  readonly trail: Trail
}

/** Who asks, perhaps in somebody else's name, and for what. */
async function recognise({ core, authorizer, request, trail }: Arrival) {
  const route = parseRoute(request.path)
  if (route.type === 'resource') trail.path = route.path
  trail.user = await authenticate(core.deps, request)
  const user = impersonated(authorizer, trail.user, request)
  if (user !== trail.user) trail.actsAs = user
  return { user, route }
}

async function answer(arrival: Arrival): Promise<HttpResponse> {
  const { core, authorizer, request } = arrival
  const { user, route } = await recognise(arrival)
  if (route.type === 'other') {
    checkPath(authorizer, user, request)
    return answerPath(core, request)
  }
  const { path } = route
  if (!isKnownGroup(path.group) && !isMetricsGroup(core, path.group)) return notFoundPage()
  const work = () => answerResource(core, authorizer, { request, user, path })
  if (!isLongRunning(path, wantsWatch(new URLSearchParams(request.query)))) {
    const { method, signal } = request
    return core.gate.run({ user, method, path, signal }, work)
  }
  core.gate.hold(user, request.signal)
  if (isTunnel(path)) return answerTunnel(core, { request, user, path }, undefined)
  if (isProxy(path)) return (await answerProxy(core, { request, user, path }, undefined)) ?? notFoundPage()
  return work()
}

/** Serves an upgrade: undefined once the tunnel is open, else the refusal. */
export function createUpgradeHandler(core: Core, authorizer: Authorizer): UpgradeHandler {
  return (request, upgrade) =>
    audited<HttpResponse | undefined>(core, request, async (trail) => {
      const arrival = { core, authorizer, request, trail }
      const { user, route } = await recognise(arrival)
      if (route.type === 'other' || !(isTunnel(route.path) || isProxy(route.path))) return answer(arrival)
      core.gate.hold(user, request.signal)
      if (isProxy(route.path)) return answerProxy(core, { request, user, path: route.path }, upgrade)
      await answerTunnel(core, { request, user, path: route.path }, upgrade)
      return undefined
    })
}

export type UpgradeHandler = (request: HttpRequest, upgrade: Upgrade) => Promise<HttpResponse | undefined>

async function answerTunnel(core: Core, { request, user, path }: ResourceRequest, upgrade: Upgrade | undefined) {
  verbOf(request.method, path, targetOf(path), false)
  const query = new URLSearchParams(request.query)
  await openTunnel(core, { user, path, query, signal: request.signal }, upgrade)
  return notFoundPage()
}

export const notFoundPage = (): HttpResponse => ({
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: [utf8('404 page not found\n')],
})

function checkPath(authorizer: Authorizer, user: UserInfo, { method, path }: HttpRequest): void {
  if (authorizer.decide(user, { type: 'path', verb: method.toLowerCase(), path }).allowed) return
  throw new ApiError({
    code: 403,
    reason: 'Forbidden',
    message: `forbidden: User ${JSON.stringify(user.name)} cannot ${method.toLowerCase()} path ${JSON.stringify(path)}`,
    details: {},
  })
}

interface ResourceRequest {
  readonly request: HttpRequest
  readonly user: UserInfo
  readonly path: ResourcePath
}

async function answerResource(core: Core, authorizer: Authorizer, { request, user, path }: ResourceRequest) {
  const query = new URLSearchParams(request.query)
  const target = metricsTarget(core, path) ?? targetOf(path)
  const watching = request.method === 'GET' && (path.watch || wantsWatch(query))
  const verb = verbOf(request.method, path, target, watching)
  const { group, version, resource, namespace, name, subresource } = path
  const options = requestOptionsOf(query)
  const apiRequest: ApiRequest = {
    verb,
    group,
    version,
    resource,
    options,
    signal: request.signal,
    ...defined({ namespace, name, subresource }),
  }
  checkAccess(authorizer, user, apiRequest)
  checkNodeRead(core, user, apiRequest)
  if (isLog(path)) return answerLog(core, { user, path, query, signal: request.signal })
  const accept = request.headers['accept']
  const representation =
    verb === 'watch' ? negotiateWatch(accept) : negotiate(accept, { listing: verb === 'list', pretty: isPretty(query) })
  const patchType = verb === 'patch' ? patchTypeOf(request.headers['content-type'], target.facts) : undefined
  const call: Call = {
    user,
    request: { ...apiRequest, ...defined({ patchType }) },
    target,
    body: await readBody(request, verb),
    warnings: [],
    defaultManager: managerOf(request.headers['user-agent']),
    query,
  }
  const includeObject = includeObjectOf(query.get('includeObject'))
  if (verb === 'watch') return answerWatch(core, call, { representation, includeObject, signal: request.signal })
  const result = await dispatch(core, call).catch((thrown: unknown) => ({ thrown }))
  if ('thrown' in result) return errorResponse(core, request, result.thrown, call.warnings)
  const written = await writeBody(result.body, { representation, includeObject, now: core.deps.clock.now() })
  return respond(core, request, { status: result.code, written, warnings: call.warnings })
}

const isPretty = (query: URLSearchParams): boolean => ['true', '1'].includes(query.get('pretty') ?? '')

/** The writer that managed fields name when the request does not: the program of the user agent. */
function managerOf(userAgent: string | undefined): string {
  const [program = ''] = (userAgent ?? '').split('/')
  return program === '' ? 'unknown' : program.slice(0, 128)
}

async function readBody(request: HttpRequest, verb: string): Promise<RequestBody> {
  if (verb === 'get' || verb === 'list' || verb === 'watch') return { type: 'none' }
  const bytes = await request.body()
  const contentType = request.headers['content-type']
  if (verb === 'patch') return { type: 'bytes', bytes, mediaType: bodyMediaType(contentType) }
  if (bytes.length === 0 && verb !== 'create' && verb !== 'update') return { type: 'none' }
  return { type: 'bytes', bytes, mediaType: readableMediaType(contentType) }
}

interface Outcome {
  readonly status: number
  readonly written: Written
  readonly warnings: readonly string[]
  readonly headers?: HttpHeaders
}

async function respond(core: Core, request: HttpRequest, outcome: Outcome): Promise<HttpResponse> {
  const { chunks, contentType } = outcome.written
  const headers: Record<string, string | readonly string[]> = {
    'content-type': contentType,
    'cache-control': 'no-cache, private',
    ...outcome.headers,
  }
  const warnings = warningHeaders(outcome.warnings)
  if (warnings.length > 0) headers['warning'] = warnings
  const compressed = await compress(core, request, chunks)
  if (compressed === undefined) return { status: outcome.status, headers, body: chunks }
  headers['content-encoding'] = 'gzip'
  headers['vary'] = 'Accept-Encoding'
  return { status: outcome.status, headers, body: [compressed] }
}

async function compress({ deps }: Core, request: HttpRequest, chunks: readonly Uint8Array[]) {
  if (deps.gzip === undefined || !request.headers['accept-encoding']?.includes('gzip')) return undefined
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (length < GZIP_BYTES_MIN) return undefined
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return deps.gzip(whole)
}

/** Any failure as a Status, in the form that the client reads. */
async function errorResponse(
  core: Core,
  request: HttpRequest,
  thrown: unknown,
  warnings: readonly string[] = [],
): Promise<HttpResponse> {
  if (!(thrown instanceof ApiError)) {
    core.deps.log.error('a request failed unexpectedly', {
      path: request.path,
      error: thrown instanceof Error ? thrown.stack : thrown,
    })
  }
  const error = ApiError.from(thrown)
  const written = await writeBody(
    { type: 'plain', object: error.toStatus() },
    {
      representation: representationOfError(request.headers['accept']),
      includeObject: 'Metadata',
      now: core.deps.clock.now(),
    },
  )
  const retry = error.retryAfterSeconds
  const headers: HttpHeaders = retry === undefined ? {} : { 'retry-after': String(retry) }
  return respond(core, request, { status: error.code, written, warnings, headers })
}
