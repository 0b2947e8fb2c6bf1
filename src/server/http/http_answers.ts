import { ApiError } from '../../api/error.ts'
import { type BodyChunk, sizeOfAll, wholeOf } from '../../base/chunks.ts'
import type { Core } from '../core.ts'
import { GZIP_BYTES_MIN } from '../limits.ts'
import { warningHeaders } from '../warnings.ts'
import { type HttpHeaders, type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'
import { negotiatePlain } from './negotiation.ts'
import { type Written, writeBody } from './representation.ts'

const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

export const plainText = (status: number, text: string): HttpResponse => ({
  status,
  headers: PLAIN_TEXT,
  body: [utf8(text)],
})

export const notFoundPage = (): HttpResponse => plainText(404, '404 page not found\n')

/** An answer that is no API object: always JSON, and always for people. */
export const rawJson = (status: number, object: object, headers: HttpHeaders = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: [utf8(JSON.stringify(object, null, 2))],
})

export interface Outcome {
  readonly status: number
  readonly written: Written
  readonly warnings: readonly string[]
  readonly headers?: HttpHeaders
}

/** The answer with its warnings, compressed if that is worth it. */
export async function respond(core: Core, request: HttpRequest, outcome: Outcome): Promise<HttpResponse> {
  const { chunks, contentType } = outcome.written
  const headers: Record<string, string | readonly string[]> = { 'content-type': contentType, ...outcome.headers }
  const warnings = warningHeaders(outcome.warnings)
  if (warnings.length > 0) headers['warning'] = warnings
  const compressed = await compress(core, request, chunks)
  if (compressed === undefined) return { status: outcome.status, headers, body: chunks }
  headers['content-encoding'] = 'gzip'
  headers['vary'] = 'Accept-Encoding'
  return { status: outcome.status, headers, body: [compressed] }
}

async function compress({ deps }: Core, request: HttpRequest, chunks: readonly BodyChunk[]) {
  if (deps.gzip === undefined || !takesGzip(request.headers['accept-encoding'])) return undefined
  return sizeOfAll(chunks) <= GZIP_BYTES_MIN ? undefined : deps.gzip(wholeOf(chunks))
}

/** Only the bare word counts; with a quality it is another one. */
const takesGzip = (encodings = ''): boolean => encodings.split(',').some((one) => one.trim() === 'gzip')

export interface Refusing {
  readonly warnings?: readonly string[]
  readonly headers?: HttpHeaders
}

/** A text that repeats what an unknown user sent must not be taken for a page. */
export const AT_THE_DOOR: Refusing = { headers: { 'x-content-type-options': 'nosniff' } }

/** Any failure as a Status, in the form that the client reads; JSON if that cannot be told. */
export async function errorResponse(
  core: Core,
  request: HttpRequest,
  thrown: unknown,
  { warnings = [], headers: others }: Refusing = {},
): Promise<HttpResponse> {
  if (!(thrown instanceof ApiError)) {
    core.deps.log.error('a request failed unexpectedly', {
      path: request.path,
      error: thrown instanceof Error ? thrown.stack : thrown,
    })
  }
  const error = ApiError.from(thrown)
  const retry = error.retryAfterSeconds
  const headers = { ...others, ...(retry === undefined ? {} : { 'retry-after': String(retry) }) }
  const representation = negotiatePlain(request)
  if (representation === undefined) return withWarnings(rawJson(error.code, error.toStatus(), headers), warnings)
  const options = { representation, includeObject: 'Metadata', now: core.deps.clock.now() } as const
  const written = await writeBody({ type: 'plain', object: error.toStatus() }, options)
  return respond(core, request, { status: error.code, written, warnings, headers })
}

function withWarnings(response: HttpResponse, texts: readonly string[]): HttpResponse {
  const warning = warningHeaders(texts)
  return warning.length === 0 ? response : { ...response, headers: { ...response.headers, warning } }
}
