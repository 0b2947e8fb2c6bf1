import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWTPayload } from 'jose'
import type { TokenClaims, TokenSigner } from '../server/server_deps.ts'

const ALGORITHM = 'ES256'
const ISSUER = 'https://kubernetes.default.svc'
const CLAIM = 'kubernetes.io'

interface BoundClaim {
  readonly namespace: string
  readonly serviceaccount: { readonly name: string; readonly uid: string }
  readonly pod?: { readonly name: string; readonly uid: string }
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

function payloadOf({ namespace, serviceAccount, serviceAccountUid, pod }: TokenClaims): JWTPayload {
  const bound: BoundClaim = {
    namespace,
    serviceaccount: { name: serviceAccount, uid: serviceAccountUid },
    ...(pod && { pod }),
  }
  return { [CLAIM]: bound }
}

function claimsOf(payload: JWTPayload): TokenClaims | undefined {
  const bound = payload[CLAIM] as BoundClaim | undefined
  if (bound === undefined || payload.exp === undefined) return undefined
  return {
    namespace: bound.namespace,
    serviceAccount: bound.serviceaccount.name,
    serviceAccountUid: bound.serviceaccount.uid,
    audiences: [payload.aud ?? []].flat(),
    expiresAt: payload.exp,
    ...(bound.pod && { pod: bound.pod }),
  }
}
