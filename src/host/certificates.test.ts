import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CertificateAuthority, openAuthority } from './certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-authority-'))
const JANE = { commonName: 'jane', organizations: ['dev'] }
let authority: CertificateAuthority
before(async () => {
  authority = await openAuthority(folder)
})
after(() => rmSync(folder, { recursive: true, force: true }))

test("a kubeconfig's key is one that every client reads, and fits its certificate", async () => {
  const { key, certificate } = await authority.keptClient('jane', JANE, 'rsa')
  assert.match(key, /^-----BEGIN RSA PRIVATE KEY-----\n/)
  const leaf = new X509Certificate(certificate)
  assert.ok(leaf.checkPrivateKey(createPrivateKey(key)))
  assert.ok(leaf.verify(new X509Certificate(authority.certificate).publicKey))
  assert.match(leaf.subject, /O=dev\nCN=jane/)
})

test('a kept pair is read again, by another process too', async () => {
  const pair = await authority.keptClient('bob', JANE)
  assert.equal(createPrivateKey(pair.key).asymmetricKeyType, 'ec')
  assert.deepEqual(await (await openAuthority(folder)).keptClient('bob', JANE, 'rsa'), pair)
})
