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
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed()
  if (HEALTH.test(path)) return text(200, 'ok')
  if (path === '/metrics') return text(200, metricsPage(core))
  if (path === '/version' || path === '/version/') return jsonResponse(versionInfo(core.deps.productVersion))
  return (await answerOpenApi(request)) ?? (await answerDiscovery(core, request)) ?? notFoundPage()
}

const text = (status: number, body: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: [utf8(body)],
})

export const jsonResponse = (object: object): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
  body: [utf8(`${JSON.stringify(object)}\n`)],
})
