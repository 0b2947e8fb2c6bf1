import type { UserInfo } from '../../api/request.ts'
import { BEARER_PROTOCOL } from '../../api/tunnel_options.ts'
import type { KubeObject } from '../../api/types.ts'
import { base64ToText } from '../../base/base64.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { unauthorized } from '../api_errors.ts'
import type { HttpRequest } from '../http/http_types.ts'
import { API_AUDIENCE, type ServerDeps, type TokenClaims } from '../server_deps.ts'

const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const AUTHENTICATED = 'system:authenticated'

/**
 * Finds out who asks: a bearer token goes before a client certificate. Who shows neither is anonymous, and may do what
 * roles give to the unauthenticated: by themselves health and version. @throws ApiError 401 for a token that is wrong
 */
export async function authenticate(deps: ServerDeps, request: HttpRequest): Promise<UserInfo> {
  const token = bearerToken(request)
  if (token !== undefined) {
    const user = await userOfToken(deps, token, [API_AUDIENCE])
    if (user === undefined) throw unauthorized()
    return user
  }
  return request.client === undefined ? ANONYMOUS : userOfCertificate(request.client)
}

/** The second word of the header, if the first one says what it is; what follows is overlooked, as upstream does. */
function bearerToken({ headers }: HttpRequest): string | undefined {
  const [scheme = '', token] = (headers['authorization'] ?? '').trim().split(' ')
  return scheme.toLowerCase() === 'bearer' && token ? token : tokenAmongProtocols(headers)
}

/** @throws ApiError 401 when nothing else is offered, so that nothing could be agreed on */
function tokenAmongProtocols(headers: HttpRequest['headers']): string | undefined {
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  const found = offered.find((name) => name.startsWith(BEARER_PROTOCOL))
  if (found === undefined || (headers['upgrade'] ?? '').toLowerCase() !== 'websocket') return undefined
  if (offered.every((name) => name.startsWith(BEARER_PROTOCOL))) throw unauthorized()
  return base64ToText(found.slice(BEARER_PROTOCOL.length).replaceAll('-', '+').replaceAll('_', '/'))
}

const userOfCertificate = (client: NonNullable<HttpRequest['client']>): UserInfo => ({
  name: client.commonName,
  groups: withAuthenticated(client.organizations),
  extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${client.fingerprint}`] },
})

export const withAuthenticated = (groups: readonly string[]): readonly string[] =>
  groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED]

/** Whose token it is; undefined for one that is wrong, expired, meant for somebody else, or whose owner is gone. */
export async function userOfToken(
  deps: ServerDeps,
  token: string,
  audiences: readonly string[],
): Promise<UserInfo | undefined> {
  const fixed = deps.staticTokens?.get(token)
  if (fixed !== undefined) return { ...fixed, groups: withAuthenticated(fixed.groups) }
  const claims = await deps.tokens?.verify(token, Math.floor(deps.clock.now() / 1000))
  if (claims === undefined || !claims.audiences.some((audience) => audiences.includes(audience))) return undefined
  return isOwnerThere(deps, claims) ? userOfClaims(claims) : undefined
}

/** How long a token outlives an owner that is to end, in milliseconds. */
const GRACE_MS = 60_000

/** A token dies with the account and the object that it was made for, whatever its expiry says. */
function isOwnerThere({ store, clock }: ServerDeps, claims: TokenClaims): boolean {
  const { namespace, serviceAccount, serviceAccountUid, pod, secret, node } = claims
  const isThere = (resource: string, place: string, name: string, uid: string | undefined): boolean => {
    const owner = store.get({ resource, namespace: place, name })?.object as KubeObject | undefined
    if (owner === undefined || owner.metadata.uid !== uid) return false
    const endsAt = fromRfc3339(owner.metadata.deletionTimestamp ?? '')
    return endsAt === undefined || endsAt >= clock.now() - GRACE_MS
  }
  if (!isThere('serviceaccounts', namespace, serviceAccount, serviceAccountUid)) return false
  if (secret !== undefined && !isThere('secrets', namespace, secret.name, secret.uid)) return false
  if (pod !== undefined) return isThere('pods', namespace, pod.name, pod.uid)
  return node === undefined || isThere('nodes', '', node.name, node.uid)
}

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
]

const EXTRA = 'authentication.kubernetes.io'

function userOfClaims(claims: TokenClaims): UserInfo {
  const { namespace, serviceAccount, serviceAccountUid, pod, node, id } = claims
  const told = {
    'credential-id': id && `JTI=${id}`,
    'node-name': node?.name,
    'node-uid': node?.uid,
    'pod-name': pod?.name,
    'pod-uid': pod?.uid,
  }
  const extra = Object.entries(told).flatMap(([key, value]) => (value ? [[`${EXTRA}/${key}`, [value]] as const] : []))
  return {
    name: `system:serviceaccount:${namespace}:${serviceAccount}`,
    uid: serviceAccountUid,
    groups: withAuthenticated(serviceAccountGroups(namespace)),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  }
}
