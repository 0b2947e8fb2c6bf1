import type { CertificateSigner, RequestSubject } from '../controllers/certificates/signer.ts'
import { ALGORITHM, type KeyPair, keyOfPem, LEAF_DAYS, randomSerial, validity, x509 } from './x509.ts'

const DAY_SECONDS = 24 * 60 * 60

/** Signs other people's requests with the cluster's authority. */
export function createRequestSigner(authority: KeyPair): CertificateSigner {
  return {
    async subjectOf(text) {
      const { subjectName } = await readRequest(text)
      const subject: RequestSubject = {
        commonName: subjectName.getField('CN')[0] ?? '',
        organizations: subjectName.getField('O'),
      }
      return subject
    },
    async sign({ request: text, seconds }) {
      const library = await x509()
      const request = await readRequest(text)
      const issuer = new library.X509Certificate(authority.certificate)
      const days = Math.min((seconds ?? LEAF_DAYS * DAY_SECONDS) / DAY_SECONDS, LEAF_DAYS)
      const certificate = await library.X509CertificateGenerator.create({
        serialNumber: randomSerial(),
        issuer: issuer.subject,
        subject: request.subjectName,
        ...validity(days),
        signingAlgorithm: ALGORITHM,
        publicKey: request.publicKey,
        signingKey: await keyOfPem(authority.key),
        extensions: [
          new library.BasicConstraintsExtension(false, undefined, true),
          new library.KeyUsagesExtension(
            library.KeyUsageFlags.digitalSignature | library.KeyUsageFlags.keyEncipherment,
            true,
          ),
          new library.ExtendedKeyUsageExtension([library.ExtendedKeyUsage.clientAuth]),
          await library.AuthorityKeyIdentifierExtension.create(issuer),
        ],
      })
      return `${certificate.toString('pem')}\n`
    },
  }
}

/** @throws Error unless whoever made the request holds its key */
async function readRequest(text: string) {
  const { Pkcs10CertificateRequest } = await x509()
  const request = new Pkcs10CertificateRequest(text)
  if (!(await request.verify())) throw new Error('the request is not signed with its own key')
  return request
}
