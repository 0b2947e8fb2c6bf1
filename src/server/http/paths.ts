import { allResources } from '../../api/schema/table.ts'
import { methodNotAllowed, noSuchResource } from '../api_errors.ts'
import type { Core } from '../core.ts'
import { metricsPage } from '../metrics/page.ts'
import { isMetricsGroup, metricsResources } from '../metrics/resources.ts'
import { versionInfo } from '../version_info.ts'
import { aggregatedGroups, answerGroup, discoveryDocument } from './discovery_paths.ts'
import { answerHealth, healthPaths, isHealthPath } from './health.ts'
import { notFoundPage, rawJson } from './http_answers.ts'
import { type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'
import { checkProduces } from './negotiation.ts'
import { answerOpenApi } from './openapi_paths.ts'
import { issuerDocument, keysDocument } from './openid_paths.ts'
import { isKnownGroup } from './router.ts'

type Answer = HttpResponse | undefined | Promise<HttpResponse | undefined>

/** Answers what is no resource: health, version, discovery, OpenAPI, metrics. @throws ApiError 404, 405, 406 */
export async function answerPath(core: Core, request: HttpRequest): Promise<HttpResponse> {
  return (await answerOwnPath(core, request)) ?? (await answerService(core, request)) ?? notFoundPage()
}

/** Paths that answer whatever the method is, and only exactly as they are written. */
function answerOwnPath(core: Core, request: HttpRequest): Answer {
  const { path } = request
  if (isHealthPath(path)) return answerHealth(core, request)
  switch (path) {
    case '/':
    case '/index.html':
      return rawJson(200, { paths: listedPaths(core) })
    case '/metrics':
      return metrics(core)
    case '/apis':
    case '/apis/':
      return aggregatedGroups(core, request)
    default:
      return path.startsWith('/openapi/') ? answerOpenApi(request) : answerGroup(core, request)
  }
}

const metrics = (core: Core): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' },
  body: [utf8(metricsPage(core))],
})

interface Service {
  readonly produces: readonly string[]
  answer(core: Core, request: HttpRequest): Answer
}

const SERVICES: ReadonlyMap<string, Service> = new Map([
  [
    '/version',
    { produces: ['application/json'], answer: ({ deps }) => rawJson(200, versionInfo(deps.productVersion)) },
  ],
  ['/.well-known/openid-configuration', { produces: ['application/json'], answer: issuerDocument }],
  ['/openid/v1/jwks', { produces: ['application/jwk-set+json'], answer: keysDocument }],
])

/** Paths that can be read only, with or without a slash at the end; what lies below one of them is missing in another way. */
async function answerService(core: Core, request: HttpRequest): Promise<HttpResponse | undefined> {
  const root = rootOf(core, request.path)
  if (root === undefined) return undefined
  const path = request.path.replace(/\/+$/, '')
  const service = SERVICES.get(path) ?? discoveryDocument(core, path)
  if (service === undefined) throw noSuchResource()
  if (request.method !== 'GET') throw methodNotAllowed()
  checkProduces(request, service.produces)
  return service.answer(core, request)
}

/** The service below which a path lies, if any. */
function rootOf(core: Core, path: string): string | undefined {
  const [, first = '', group = ''] = path.split('/')
  if (first === 'api') return '/api'
  if (first === 'apis') return isKnownGroup(group) || isMetricsGroup(core, group) ? `/apis/${group}` : undefined
  return [...SERVICES.keys()].find((root) => path === root || path.startsWith(`${root}/`))
}

function listedPaths(core: Core): string[] {
  const resources = [...allResources(), ...metricsResources(core)]
  const groups = resources
    .filter(({ ref }) => ref.group !== '')
    .flatMap(({ ref: { group, version } }) => [`/apis/${group}`, `/apis/${group}/${version}`])
  const others = ['/api', '/api/v1', '/apis', '/apis/', '/metrics', '/openapi/v2', '/openapi/v3', '/openapi/v3/']
  return [...new Set([...SERVICES.keys(), ...groups, ...healthPaths(), ...others])].sort()
}
