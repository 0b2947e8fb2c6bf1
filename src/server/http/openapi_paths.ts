import type { OpenApi, OpenApiBytes } from '../../api/openapi/openapi.ts'
import { allResources } from '../../api/schema/table.ts'
import type { HttpRequest, HttpResponse } from './http_types.ts'

let made: Promise<OpenApi> | undefined

/** Made when somebody first asks: most clients never do. */
async function openApi(): Promise<OpenApi> {
  made ??= import('../../api/openapi/openapi.ts').then(({ createOpenApi }) => createOpenApi(allResources()))
  return made
}

const V3 = '/openapi/v3'

/** Answers a path below `/openapi`; undefined when there is no such document. */
export async function answerOpenApi(request: HttpRequest): Promise<HttpResponse | undefined> {
  const path = request.path.replace(/\/$/, '')
  if (path === '/openapi/v2') return answerSwagger(request)
  if (path === V3) return documentResponse(request, (await openApi()).index(), 'application/json')
  if (!path.startsWith(`${V3}/`)) return undefined
  const document = (await openApi()).document(path.slice(V3.length + 1))
  return document && documentResponse(request, document, 'application/json')
}

/** Old clients read protobuf only; the others JSON. */
async function answerSwagger(request: HttpRequest): Promise<HttpResponse> {
  const { SWAGGER_PROTOBUF_ACCEPT, SWAGGER_PROTOBUF_TYPE } = await import('../../api/openapi/openapi.ts')
  const documents = await openApi()
  const accept = request.headers['accept'] ?? ''
  const asProtobuf = accept.includes(SWAGGER_PROTOBUF_ACCEPT) || accept.includes(SWAGGER_PROTOBUF_TYPE)
  return asProtobuf
    ? documentResponse(request, documents.swaggerProtobuf(), SWAGGER_PROTOBUF_TYPE)
    : documentResponse(request, documents.swagger(), 'application/json')
}

/** A client that names the hash in the URL may keep the document for ever. */
function documentResponse(request: HttpRequest, { bytes, hash }: OpenApiBytes, contentType: string): HttpResponse {
  const etag = `"${hash}"`
  const asked = new URLSearchParams(request.query).get('hash')
  const caching = asked === hash ? 'public, immutable' : 'no-cache, private'
  const headers = { 'content-type': contentType, etag, 'cache-control': caching, vary: 'Accept' }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: [] }
  return { status: 200, headers, body: [bytes] }
}
