import { KeyObject, webcrypto } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CertificateSigner } from '../controllers/certificates/signer.ts'
import { createRequestSigner } from './request_signer.ts'
import { ALGORITHM, type KeyPair, keyOfPem, LEAF_DAYS, RSA, randomSerial, validity, x509 } from './x509.ts'

/** What a certificate says. */
export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
}

/** Names and addresses under which a server is reached. */
export interface ServerNames {
  readonly names: readonly string[]
  readonly addresses: readonly string[]
}

/**
 * Elliptic curves are made at once and are what Berth's own parts use. Kubeconfigs hold RSA keys in the old form
 * of PKCS#1, as those of kubeadm do: fabric8's client for Java reads no other without further libraries.
 */
export type KeyKind = 'ecdsa' | 'rsa'

/** Signs certificates with the cluster's own authority, kept in a folder that only its owner can read. */
export interface CertificateAuthority {
  readonly certificate: string
  server(names: ServerNames): Promise<KeyPair>
  client(subject: Subject, keys?: KeyKind): Promise<KeyPair>
  /** The same, but kept in the folder under a name and read from there the next time. */
  keptServer(file: string, names: ServerNames): Promise<KeyPair>
  keptClient(file: string, subject: Subject, keys?: KeyKind): Promise<KeyPair>
  /** Makes certificates for clients that keep their key to themselves. */
  readonly signer: CertificateSigner
}

const AUTHORITY_DAYS = 3650
const OWNER_ONLY = 0o600

/** Opens the authority in `folder`, making it if there is none. */
export async function openAuthority(folder: string): Promise<CertificateAuthority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pair = kept(folder, 'ca') ?? (await keep(folder, 'ca', makeAuthority()))
  const authority: CertificateAuthority = {
    certificate: pair.certificate,
    server: (names) => makeLeaf(pair, { commonName: 'kube-apiserver' }, names),
    client: (subject, keys) => makeLeaf(pair, subject, undefined, keys),
    keptServer: async (file, names) =>
      (stillServes(folder, file, names) ? kept(folder, file) : undefined) ?? keepServer(folder, file, names, authority),
    signer: createRequestSigner(pair),
    keptClient: async (file, subject, keys) =>
      kept(folder, file) ?? keep(folder, file, authority.client(subject, keys)),
  }
  return authority
}

const certificateFile = (folder: string, file: string): string => join(folder, `${file}.crt`)
const keyFile = (folder: string, file: string): string => join(folder, `${file}.key`)
const namesFile = (folder: string, file: string): string => join(folder, `${file}.names.json`)

function kept(folder: string, file: string): KeyPair | undefined {
  if (!existsSync(certificateFile(folder, file)) || !existsSync(keyFile(folder, file))) return undefined
  return {
    certificate: readFileSync(certificateFile(folder, file), 'utf8'),
    key: readFileSync(keyFile(folder, file), 'utf8'),
  }
}

async function keep(folder: string, file: string, making: Promise<KeyPair>): Promise<KeyPair> {
  const pair = await making
  writeFileSync(keyFile(folder, file), pair.key, { mode: OWNER_ONLY })
  writeFileSync(certificateFile(folder, file), pair.certificate, { mode: OWNER_ONLY })
  return pair
}

/** A server certificate is kept only for the names it was made for. */
function stillServes(folder: string, file: string, names: ServerNames): boolean {
  if (!existsSync(namesFile(folder, file))) return false
  return readFileSync(namesFile(folder, file), 'utf8') === JSON.stringify(names)
}

async function keepServer(folder: string, file: string, names: ServerNames, authority: CertificateAuthority) {
  const pair = await keep(folder, file, authority.server(names))
  writeFileSync(namesFile(folder, file), JSON.stringify(names), { mode: OWNER_ONLY })
  return pair
}

async function makeAuthority(): Promise<KeyPair> {
  const {
    BasicConstraintsExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    SubjectKeyIdentifierExtension,
    X509CertificateGenerator,
  } = await x509()
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: 'CN=berth-ca',
    ...validity(AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, key: await pemOfKey(keys.privateKey) }
}

async function makeLeaf(
  authority: KeyPair,
  subject: Subject,
  names: ServerNames | undefined,
  kind: KeyKind = 'ecdsa',
): Promise<KeyPair> {
  const library = await x509()
  const issuer = new library.X509Certificate(authority.certificate)
  const keys = await webcrypto.subtle.generateKey(kind === 'rsa' ? RSA : ALGORITHM, true, ['sign', 'verify'])
  const usage = names === undefined ? library.ExtendedKeyUsage.clientAuth : library.ExtendedKeyUsage.serverAuth
  const certificate = await library.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    issuer: issuer.subject,
    subject: [...(subject.organizations ?? []).map((one) => ({ O: [one] })), { CN: [subject.commonName] }],
    ...validity(LEAF_DAYS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await keyOfPem(authority.key),
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
      new library.ExtendedKeyUsageExtension([usage]),
      await library.AuthorityKeyIdentifierExtension.create(issuer),
      ...(names === undefined ? [] : [new library.SubjectAlternativeNameExtension(alternatives(names))]),
    ],
  })
  const key = kind === 'rsa' ? pemOfRsaKey(keys.privateKey) : await pemOfKey(keys.privateKey)
  return { certificate: `${certificate.toString('pem')}\n`, key }
}

const alternatives = ({ names, addresses }: ServerNames) => [
  ...names.map((value) => ({ type: 'dns', value }) as const),
  ...addresses.map((value) => ({ type: 'ip', value }) as const),
]

const pemOfRsaKey = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: 'pkcs1', format: 'pem' }).toString()

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n')
}
