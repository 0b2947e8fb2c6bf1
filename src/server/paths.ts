import { methodNotAllowed } from './api_errors.ts'
import type { Core } from './core.ts'
import { answerDiscovery } from './discovery_paths.ts'
import { notFoundPage } from './http_handler.ts'
import { type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'
import { metricsPage } from './metrics/page.ts'
import { answerOpenApi } from './openapi_paths.ts'
import { versionInfo } from './version_info.ts'

const HEALTH = /^\/(healthz|livez|readyz)(\/[^/]+)*\/?$/

/** Answers what is no resource: health, version, discovery, OpenAPI, metrics. */
export async function answerPath(core: Core, request: HttpRequest): Promise<HttpResponse> {
  const { path, method } = request
  if (method !== 'GET' && method !== 'HEAD') {
    const got = await answerPath(core, { ...request, method: 'GET' })
    if (got.status === 404) return got
    throw methodNotAllowed()
  }
  const health = HEALTH.exec(path)?.[1]
  if (health !== undefined) return text(200, new URLSearchParams(request.query).has('verbose') ? checks(health) : 'ok')
  if (path === '/metrics') return text(200, metricsPage(core))
  if (path === '/version' || path === '/version/') return jsonResponse(versionInfo(core.deps.productVersion))
  return (await answerOpenApi(request)) ?? (await answerDiscovery(core, request)) ?? notFoundPage()
}

/** Whoever gets this answer has had the only check that there is: the server answers when it has read its store. */
const checks = (health: string): string => `[+]ping ok\n${health} check passed\n`

const text = (status: number, body: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: [utf8(body)],
})

const jsonResponse = (object: object): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
  body: [utf8(`${JSON.stringify(object)}\n`)],
})
