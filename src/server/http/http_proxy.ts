import { ApiError } from '../../api/error.ts'
import type { UserInfo } from '../../api/request.ts'
import { BEARER_PROTOCOL } from '../../api/tunnel_options.ts'
import { checkAccess } from '../access/access.ts'
import { noSuchResource } from '../api_errors.ts'
import type { Core } from '../core.ts'
import type { HttpHeaders, HttpRequest, HttpResponse } from './http_types.ts'
import type { ProxiedRequest, ProxyDestination, ProxyPort } from './proxy_port.ts'
import { proxyDestination } from './proxy_target.ts'
import { defined } from './query.ts'
import { type ResourcePath, targetOf, verbOf } from './router.ts'
import type { Upgrade } from './streaming_port.ts'
import { refuseDryRun } from './streaming_requests.ts'

const PROXIED = new Set(['pods', 'services', 'nodes'])

export const isProxy = ({ group, resource, subresource, watch }: ResourcePath): boolean =>
  group === '' && subresource === 'proxy' && PROXIED.has(resource) && !watch

interface ProxyRequest {
  readonly request: HttpRequest
  readonly user: UserInfo
  readonly path: ResourcePath
}

/** Serves a request to a proxy; undefined once an upgraded connection has been joined. @throws ApiError */
export async function answerProxy(
  core: Core,
  { request, user, path }: ProxyRequest,
  upgrade: Upgrade | undefined,
): Promise<HttpResponse | undefined> {
  const { resource, namespace, name, subresource } = path
  const verb = verbOf(request.method, path, targetOf(path), false)
  const scope = defined({ namespace, name, subresource })
  checkAccess(core.authorizer, user, { verb, group: '', resource, ...scope })
  refuseDryRun(new URLSearchParams(request.query))
  const destination = proxyDestination(core, path)
  const { prefix, rest } = splitPath(request.path, path)
  if (!isPlain(prefix)) throw noSuchResource()
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (rest === '' && isRead && upgrade === undefined) return toRoot(request)
  const proxied = proxiedRequest(request, rest === '' ? '/' : rest, prefix)
  const port = core.deps.proxy ?? NO_PROXY
  if (upgrade !== undefined) return port.upgrade(destination, proxied, upgrade)
  return withOwnHeaders(await port.request(destination, proxied), { prefix, hosts: hostsOf(destination, request) })
}

/** The path behind `…/proxy` exactly as it was asked for, and what stands before it. */
function splitPath(whole: string, { namespace }: ResourcePath): { readonly prefix: string; readonly rest: string } {
  const segments = whole.split('/')
  const length = namespace === undefined ? '/api/v1/nodes/x/proxy'.split('/').length : NAMESPACED_LENGTH
  const rest = segments.slice(length)
  return { prefix: segments.slice(0, length).join('/'), rest: rest.length === 0 ? '' : `/${rest.join('/')}` }
}

/** An escaped slash before the destination's own path would part the two elsewhere than where rights were checked. */
const isPlain = (prefix: string): boolean => !/%2f/i.test(prefix)

const NAMESPACED_LENGTH = '/api/v1/namespaces/x/pods/y/proxy'.split('/').length

/** A page's relative links are right only when its own path ends with a slash. */
const toRoot = ({ path, query }: HttpRequest): HttpResponse => ({
  status: 301,
  headers: { location: `${path}/${query === '' ? '' : `?${query}`}` },
  body: [],
})

/** What concerns one connection only, and what proves who the client is: neither is the destination's business. */
const WITHHELD = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'authorization',
])

const isWithheld = (name: string): boolean => WITHHELD.has(name) || name.startsWith('impersonate-') || isOwn(name)

/** Headers by which the parts of this cluster talk with each other. */
const isOwn = (name: string): boolean => name.startsWith('x-berth-')

function proxiedRequest(request: HttpRequest, path: string, prefix: string): ProxiedRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !isWithheld(name)) headers[name] = value
  }
  const protocols = headers['sec-websocket-protocol']
    ?.split(',')
    .filter((one) => !one.trim().startsWith(BEARER_PROTOCOL))
  if (protocols !== undefined) headers['sec-websocket-protocol'] = protocols.join(',')
  // A body without a length stays one, whatever the method: its end must be told.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'
  headers['x-forwarded-uri'] = `${prefix}${path}`
  return {
    method: request.method,
    path: request.query === '' ? path : `${path}?${request.query}`,
    headers,
    body: request.chunks?.() ?? wholeBody(request),
    signal: request.signal,
  }
}

async function* wholeBody(request: HttpRequest): AsyncGenerator<Uint8Array> {
  const bytes = await request.body()
  if (bytes.length > 0) yield bytes
}

interface Origin {
  readonly prefix: string
  /** Names under which the destination may speak of itself. */
  readonly hosts: readonly string[]
}

const hostsOf = (destination: ProxyDestination, { headers }: HttpRequest): string[] => [
  headers['host'] ?? '',
  ...(destination.type === 'address' ? [destination.host, `${destination.host}:${destination.port}`] : []),
]

/** A redirection within the destination leads back through the proxy; who may read across origins is ours to say. */
function withOwnHeaders(response: HttpResponse, origin: Origin): HttpResponse {
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (!name.startsWith('access-control-')) headers[name] = value
  }
  const { location } = headers as HttpHeaders
  if (typeof location === 'string') headers['location'] = relocated(location, origin)
  return { ...response, headers }
}

function relocated(location: string, { prefix, hosts }: Origin): string {
  const [, authority, path = ''] = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/([^/?#]*))?(.*)$/i.exec(location) ?? []
  const isElsewhere = authority !== undefined && authority !== '' && !hosts.includes(authority)
  if (isElsewhere || !path.startsWith('/') || path.startsWith(`${prefix}/`)) return location
  return `${prefix}${path}`
}

const nobody = async (): Promise<never> => {
  throw new ApiError({
    code: 503,
    reason: 'ServiceUnavailable',
    message: 'error trying to reach service: no node of this cluster runs processes',
  })
}

const NO_PROXY: ProxyPort = { request: nobody, upgrade: nobody }
