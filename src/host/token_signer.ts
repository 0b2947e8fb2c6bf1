import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWTPayload } from 'jose'
import type { TokenClaims, TokenOwner, TokenSigner } from '../server/server_deps.ts'

const ALGORITHM = 'ES256'
const ISSUER = 'https://kubernetes.default.svc'
const CLAIM = 'kubernetes.io'

interface BoundClaim {
  readonly namespace: string
  readonly serviceaccount: TokenOwner
  readonly pod?: TokenOwner
  readonly secret?: TokenOwner
  readonly node?: NonNullable<TokenClaims['node']>
  readonly warnafter?: number
}

/** Signs service-account tokens with a key that is kept in `folder`. The library is loaded with the first token. */
export async function createTokenSigner(folder: string): Promise<TokenSigner> {
  let keys: Promise<Keys> | undefined
  const loaded = () => {
    keys ??= loadKeys(join(folder, 'service-account.json'))
    return keys
  }
  return {
    sign: async (claims, issuedAt) => {
      const { jose, privateKey, keyId } = await loaded()
      return new jose.SignJWT(payloadOf(claims))
        .setProtectedHeader({ alg: ALGORITHM, kid: keyId })
        .setIssuer(ISSUER)
        .setAudience([...claims.audiences])
        .setSubject(`system:serviceaccount:${claims.namespace}:${claims.serviceAccount}`)
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt)
        .setExpirationTime(claims.expiresAt)
        .sign(privateKey)
    },
    verify: async (token, nowSeconds) => {
      const { jose, publicKey } = await loaded()
      try {
        const currentDate = new Date(nowSeconds * 1000)
        const { payload } = await jose.jwtVerify(token, publicKey, {
          issuer: ISSUER,
          algorithms: [ALGORITHM],
          currentDate,
        })
        return claimsOf(payload)
      } catch {
        return undefined
      }
    },
    publicKeys: async () => {
      const { publicJwk } = await loaded()
      return { keys: [publicJwk] }
    },
  }
}

type Jose = typeof import('jose')

interface Keys {
  readonly jose: Jose
  readonly privateKey: Awaited<ReturnType<Jose['importJWK']>>
  readonly publicKey: Awaited<ReturnType<Jose['importJWK']>>
  readonly publicJwk: object
  readonly keyId: string
}

async function loadKeys(file: string): Promise<Keys> {
  const jose = await import('jose')
  if (!existsSync(file)) await makeKey(jose, file)
  const { d = '', ...publicPart } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  const keyId = await jose.calculateJwkThumbprint(publicPart)
  return {
    jose,
    privateKey: await jose.importJWK({ ...publicPart, d }, ALGORITHM),
    publicKey: await jose.importJWK(publicPart, ALGORITHM),
    publicJwk: { ...publicPart, kid: keyId, alg: ALGORITHM, use: 'sig' },
    keyId,
  }
}

async function makeKey(jose: Jose, file: string): Promise<void> {
  const { privateKey } = await jose.generateKeyPair(ALGORITHM, { extractable: true })
  writeFileSync(file, JSON.stringify(await jose.exportJWK(privateKey)), { mode: 0o600 })
}

function payloadOf(claims: TokenClaims): JWTPayload {
  const { namespace, serviceAccount, serviceAccountUid, pod, secret, node, id, warnAfter } = claims
  const bound: BoundClaim = {
    namespace,
    serviceaccount: { name: serviceAccount, uid: serviceAccountUid },
    ...(pod && { pod }),
    ...(secret && { secret }),
    ...(node && { node }),
    ...(warnAfter && { warnafter: warnAfter }),
  }
  return { ...(id && { jti: id }), [CLAIM]: bound }
}

function claimsOf(payload: JWTPayload): TokenClaims | undefined {
  const bound = payload[CLAIM] as BoundClaim | undefined
  if (bound === undefined || payload.exp === undefined) return undefined
  const { namespace, serviceaccount, pod, secret, node, warnafter } = bound
  return {
    namespace,
    serviceAccount: serviceaccount.name,
    serviceAccountUid: serviceaccount.uid,
    audiences: [payload.aud ?? []].flat(),
    expiresAt: payload.exp,
    ...(pod && { pod }),
    ...(secret && { secret }),
    ...(node && { node }),
    ...(payload.jti && { id: payload.jti }),
    ...(warnafter && { warnAfter: warnafter }),
  }
}
