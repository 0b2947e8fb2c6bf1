import { webcrypto } from 'node:crypto'

/** A certificate with its private key, both as PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
export const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
} as const
const DAY_MS = 24 * 60 * 60 * 1000
export const LEAF_DAYS = 365
/** Clocks of other machines may be a little behind. */
const BACKDATED_MS = 5 * 60 * 1000

/** Loaded on first use: it costs more than the rest of a start. */
export async function x509() {
  provideReflection()
  const library = await import('@peculiar/x509')
  library.cryptoProvider.set(webcrypto)
  return library
}

/** The library's container asks whether decorators' metadata can be read; it has none, so nothing has to be kept. */
function provideReflection(): void {
  const reflect = Reflect as unknown as Record<string, unknown>
  reflect['getMetadata'] ??= () => undefined
  reflect['getOwnMetadata'] ??= () => undefined
  reflect['defineMetadata'] ??= () => undefined
}

export const randomSerial = (): string =>
  Buffer.from(webcrypto.getRandomValues(new Uint8Array(15)))
    .toString('hex')
    .replace(/^/, '01')

export const validity = (days: number) => ({
  notBefore: new Date(Date.now() - BACKDATED_MS),
  notAfter: new Date(Date.now() + days * DAY_MS),
})

export function keyOfPem(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign'])
}
