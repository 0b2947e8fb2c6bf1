import assert from 'node:assert/strict'
import { webcrypto, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CertificateAuthority, openAuthority } from './certificates.ts'
import { RSA, x509 } from './x509.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-signer-'))
let authority: CertificateAuthority
before(async () => {
  authority = await openAuthority(folder)
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function requestFor(name: string): Promise<string> {
  const { Pkcs10CertificateRequestGenerator } = await x509()
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: RSA })
  return `${request.toString('pem')}\n`
}

test('a certificate names who asked, lasts as long as asked, and is trusted', async () => {
  const request = await requestFor('CN=jane, O=dev, O=ops')
  const { signer } = authority
  assert.deepEqual(await signer.subjectOf(request), { commonName: 'jane', organizations: ['dev', 'ops'] })
  const certificate = new X509Certificate(await signer.sign({ request, seconds: 3600 }))
  const issuer = new X509Certificate(authority.certificate)
  assert.ok(certificate.verify(issuer.publicKey))
  assert.match(certificate.subject, /CN=jane/)
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2'])
  const seconds = (Date.parse(certificate.validTo) - Date.now()) / 1000
  assert.ok(seconds > 3500 && seconds <= 3600, String(seconds))
})

test('what is no request, or was changed after it was signed, is refused', async () => {
  await assert.rejects(authority.signer.subjectOf('nothing'))
  const [head = '', ...lines] = (await requestFor('CN=jane')).split('\n')
  const bytes = Buffer.from(lines.slice(0, -2).join(''), 'base64')
  const at = bytes.indexOf('jane')
  bytes.write('root', at)
  const changed = `${head}\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
  await assert.rejects(authority.signer.subjectOf(changed))
})
