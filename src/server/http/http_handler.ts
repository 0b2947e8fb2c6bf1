import { ApiError } from '../../api/error.ts'
import type { ApiRequest, PatchType, UserInfo, Verb } from '../../api/request.ts'
import { accessTo, checkAccess, checkRight } from '../access/access.ts'
import type { Trail } from '../access/audit.ts'
import { authenticate } from '../access/authentication.ts'
import type { AccessRequest, Authorizer } from '../access/authorization.ts'
import { impersonated } from '../access/impersonation.ts'
import { checkNodeRead } from '../access/node_reads.ts'
import type { Call, RequestBody } from '../call.ts'
import type { Core } from '../core.ts'
import { dispatch } from '../dispatch.ts'
import { isTimed, requestLabels } from '../metrics/request_labels.ts'
import { isMetricsGroup, metricsTarget } from '../metrics/resources.ts'
import { deprecationsOf } from '../warnings.ts'
import { AT_THE_DOOR, errorResponse, notFoundPage, respond } from './http_answers.ts'
import { answerProxy, isProxy } from './http_proxy.ts'
import { answerLog, isLog, isTunnel, openTunnel } from './http_streaming.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http_types.ts'
import { answerWatch } from './http_watch.ts'
import {
  bodyMediaType,
  checkProduces,
  checkTakesText,
  LIST_TYPES,
  negotiate,
  OBJECT_TYPES,
  readableMediaType,
} from './negotiation.ts'
import { patchTypeOf } from './patch_types.ts'
import { answerPath } from './paths.ts'
import { defined, requestOptionsOf, wantsWatch } from './query.ts'
import { writeBody } from './representation.ts'
import { isLongRunning, isStream } from './request_gate.ts'
import { checkTimeout } from './request_timeout.ts'
import { askedOf, isKnownGroup, parseRoute, type ResourcePath, type Target, targetOf, verbOf } from './router.ts'
import type { Upgrade } from './streaming_port.ts'
import { hasTables, includeObjectOf } from './table.ts'

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
  const trail = core.audit.begin(request)
  const leave = core.traffic.begin(request.method === 'GET' || request.method === 'HEAD')
  const response = await work(trail).catch((thrown: unknown) => refusal(core, request, thrown))
  leave()
  const code = response?.status ?? SWITCHED_PROTOCOLS
  core.audit.complete(trail, request, code)
  const labels = requestLabels(core, request, trail.path)
  core.traffic.answered({ ...labels, code }, isTimed(labels) ? core.deps.clock.now() - trail.receivedAt : undefined)
  const own = { 'audit-id': trail.id, 'cache-control': CACHING, ...trail.flow }
  return response && { ...response, headers: { ...own, ...response.headers } }
}

const refusal = (core: Core, request: HttpRequest, thrown: unknown): Promise<HttpResponse> =>
  errorResponse(core, request, thrown, thrown instanceof Error && refusedAtTheDoor.has(thrown) ? AT_THE_DOOR : {})

/** Nobody may keep an answer that does not say otherwise. */
const CACHING = 'no-cache, private'
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
  const query = new URLSearchParams(request.query)
  if (route.type === 'other' || !isLongRunning(route.path, wantsWatch(query))) checkTimeout(query)
  const caller = await authenticate(core.deps, request)
  trail.user = caller
  const { method, path } = request
  const asked: AccessRequest =
    route.type === 'other'
      ? { type: 'path', verb: method.toLowerCase(), path }
      : accessTo(askedOf(method, route.path, query))
  const user = atTheDoor(() => impersonated({ authorizer, user: caller, asked }, request))
  if (user !== caller) trail.actsAs = user
  if (route.type === 'other' || !isStream(route.path)) trail.flow = core.flows.headersFor(user, asked)
  return { user, route, query, asked }
}

/** What was refused before anybody looked at what is asked for. */
const refusedAtTheDoor = new WeakSet<object>()

function atTheDoor<T>(check: () => T): T {
  try {
    return check()
  } catch (thrown) {
    if (thrown instanceof ApiError) refusedAtTheDoor.add(thrown)
    throw thrown
  }
}

async function answer(arrival: Arrival): Promise<HttpResponse> {
  const { core, authorizer, request } = arrival
  const { user, route, query, asked } = await recognise(arrival)
  atTheDoor(() => checkRight(authorizer, user, asked))
  if (route.type === 'other') return answerPath(core, request)
  const { path } = route
  if (!isKnownGroup(path.group) && !isMetricsGroup(core, path.group)) return notFoundPage()
  const work = () => answerResource(core, { request, user, path, query })
  if (!isLongRunning(path, wantsWatch(query))) {
    const { method, signal } = request
    return core.gate.run({ user, method, path, signal }, work)
  }
  core.gate.hold(user, request.signal)
  if (isTunnel(path)) return answerTunnel(core, { request, user, path, query }, undefined)
  if (isProxy(path)) return (await answerProxy(core, { request, user, path }, undefined)) ?? notFoundPage()
  return work()
}

/** Serves an upgrade: undefined once the tunnel is open, else the refusal. */
export function createUpgradeHandler(core: Core, authorizer: Authorizer): UpgradeHandler {
  return (request, upgrade) =>
    audited<HttpResponse | undefined>(core, request, async (trail) => {
      const arrival = { core, authorizer, request, trail }
      const { user, route, query } = await recognise(arrival)
      if (route.type === 'other' || !(isTunnel(route.path) || isProxy(route.path))) return answer(arrival)
      core.gate.hold(user, request.signal)
      if (isProxy(route.path)) return answerProxy(core, { request, user, path: route.path }, upgrade)
      await answerTunnel(core, { request, user, path: route.path, query }, upgrade)
      return undefined
    })
}

export type UpgradeHandler = (request: HttpRequest, upgrade: Upgrade) => Promise<HttpResponse | undefined>

async function answerTunnel(core: Core, { request, user, path, query }: ResourceRequest, upgrade: Upgrade | undefined) {
  verbOf(request.method, path, targetOf(path), false)
  checkAccess(core.authorizer, user, askedOf(request.method, path, query))
  await openTunnel(core, { user, path, query, signal: request.signal }, upgrade)
  return notFoundPage()
}

interface ResourceRequest {
  readonly request: HttpRequest
  readonly user: UserInfo
  readonly path: ResourcePath
  readonly query: URLSearchParams
}

async function answerResource(core: Core, arrived: ResourceRequest): Promise<HttpResponse> {
  const { request, user, path, query } = arrived
  const target = metricsTarget(core, path) ?? targetOf(path)
  const watching = request.method === 'GET' && (path.watch || wantsWatch(query))
  const verb = verbOf(request.method, path, target, watching)
  if (isLog(path)) {
    checkTakesText(request)
    const protocols = request.headers['sec-websocket-protocol']
    return answerLog(core, { user, path, query, signal: request.signal, protocols })
  }
  const patchType = verb === 'patch' ? patchTypeOf(request.headers['content-type'], target.facts) : undefined
  checkProduces(request, verb === 'list' || verb === 'watch' ? LIST_TYPES : OBJECT_TYPES)
  const warnings = deprecationsOf(target.facts)
  try {
    return await answerVerb(core, arrived, { verb, target, warnings, patchType })
  } catch (thrown) {
    return errorResponse(core, request, thrown, { warnings })
  }
}

interface Recognised {
  readonly verb: Verb
  readonly target: Target
  readonly warnings: string[]
  readonly patchType: PatchType | undefined
}

/** The order of the checks is upstream's: of a request with several faults the first one is told. */
async function answerVerb(core: Core, arrived: ResourceRequest, { verb, target, warnings, patchType }: Recognised) {
  const { request, user, path, query } = arrived
  const representation = negotiate(request, { tables: hasTables(target) })
  const body = await readBody(request, verb)
  const options = requestOptionsOf(query, verb, body.type !== 'none')
  const { group, version, resource, namespace, name, subresource } = path
  const scope = defined({ namespace, name, subresource, patchType })
  const apiRequest: ApiRequest = { verb, group, version, resource, options, signal: request.signal, ...scope }
  checkNodeRead(core, user, apiRequest)
  const defaultManager = managerOf(request.headers['user-agent'])
  const call: Call = { user, request: apiRequest, target, body, warnings, defaultManager, query }
  const wantsTable = representation.transform?.as === 'Table'
  const includeObject = () => (wantsTable ? includeObjectOf(query.get('includeObject')) : 'Metadata')
  if (verb === 'watch')
    return answerWatch(core, call, { representation, includeObject: includeObject(), signal: request.signal })
  const { code, body: answered } = await dispatch(core, call)
  const written = await writeBody(answered, {
    representation,
    includeObject: includeObject(),
    now: core.deps.clock.now(),
  })
  return respond(core, request, { status: code, written, warnings })
}

/** The writer that managed fields name when the request does not: the program of the user agent. */
function managerOf(userAgent: string | undefined): string {
  const [program = ''] = (userAgent ?? '').split('/')
  return program === '' ? 'unknown' : program.slice(0, 128)
}

async function readBody(request: HttpRequest, verb: Verb): Promise<RequestBody> {
  if (verb === 'get' || verb === 'list' || verb === 'watch') return { type: 'none' }
  const contentType = request.headers['content-type']
  if (verb === 'patch') return { type: 'bytes', bytes: await request.body(), mediaType: bodyMediaType(contentType) }
  if (verb === 'create') {
    const mediaType = readableMediaType(contentType)
    return { type: 'bytes', bytes: await request.body(), mediaType }
  }
  const bytes = await request.body()
  if (bytes.length === 0 && verb !== 'update') return { type: 'none' }
  return { type: 'bytes', bytes, mediaType: readableMediaType(contentType) }
}
