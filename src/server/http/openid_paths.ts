import type { Core } from '../core.ts'
import { API_AUDIENCE } from '../server_deps.ts'
import { type HttpResponse, utf8 } from './http_types.ts'

/** Others may keep both documents for an hour: keys are not changed from one minute to the next. */
const CACHING = 'public, max-age=3600'

const document = (contentType: string, object: object): HttpResponse => ({
  status: 200,
  headers: { 'content-type': contentType, 'cache-control': CACHING },
  body: [utf8(JSON.stringify(object))],
})

/** Who makes service-account tokens, and where the keys are that prove it; undefined where nobody makes any. */
export function issuerDocument({ deps }: Core): HttpResponse | undefined {
  if (deps.tokens?.publicKeys === undefined) return undefined
  const { address, port } = deps.advertise ?? { address: '127.0.0.1', port: 6443 }
  return document('application/json', {
    issuer: API_AUDIENCE,
    jwks_uri: `https://${address}:${port}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  })
}

/** The public keys of service-account tokens. */
export async function keysDocument({ deps }: Core): Promise<HttpResponse | undefined> {
  const keys = await deps.tokens?.publicKeys?.()
  return keys && document('application/jwk-set+json', keys)
}
