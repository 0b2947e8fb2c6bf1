import type { UserInfo } from '../api/request.ts'
import type { Pod, ServiceAccount } from '../api/types.ts'
import { unauthorized } from './api_errors.ts'
import type { HttpRequest } from './http_types.ts'
import { API_AUDIENCE, type ServerDeps, type TokenClaims } from './server_deps.ts'

const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const AUTHENTICATED = 'system:authenticated'

/** Whoever has no credentials may ask for these, and for nothing else. */
const OPEN_PATHS = ['/healthz', '/livez', '/readyz', '/version']

const isOpen = (path: string): boolean => OPEN_PATHS.some((open) => path === open || path.startsWith(`${open}/`))

/** Finds out who asks: a bearer token goes before a client certificate. @throws ApiError 401 */
export async function authenticate(deps: ServerDeps, request: HttpRequest): Promise<UserInfo> {
  const token = bearerToken(request)
  if (token !== undefined) {
    const user = await userOfToken(deps, token, [API_AUDIENCE])
    if (user === undefined) throw unauthorized()
    return user
  }
  if (request.client !== undefined) return userOfCertificate(request.client)
  if (!isOpen(request.path)) throw unauthorized()
  return ANONYMOUS
}

function bearerToken({ headers }: HttpRequest): string | undefined {
  const { authorization } = headers
  if (authorization === undefined) return undefined
  const [, token] = /^bearer\s+(\S+)\s*$/i.exec(authorization) ?? []
  return token
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

/** A token dies with the account or the pod that it was made for, whatever its expiry says. */
function isOwnerThere({ store }: ServerDeps, claims: TokenClaims): boolean {
  const { namespace, serviceAccount, serviceAccountUid, pod } = claims
  const account = store.get({ resource: 'serviceaccounts', namespace, name: serviceAccount })?.object
  if ((account as ServiceAccount | undefined)?.metadata.uid !== serviceAccountUid) return false
  if (pod === undefined) return true
  const owner = store.get({ resource: 'pods', namespace, name: pod.name })?.object as Pod | undefined
  return owner?.metadata.uid === pod.uid
}

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
]

function userOfClaims(claims: TokenClaims): UserInfo {
  const { namespace, serviceAccount, serviceAccountUid, pod } = claims
  const extra = pod && {
    'authentication.kubernetes.io/pod-name': [pod.name],
    'authentication.kubernetes.io/pod-uid': [pod.uid],
  }
  return {
    name: `system:serviceaccount:${namespace}:${serviceAccount}`,
    uid: serviceAccountUid,
    groups: withAuthenticated(serviceAccountGroups(namespace)),
    ...(extra === undefined ? {} : { extra }),
  }
}
