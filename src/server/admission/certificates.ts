import type { CertificateSigningRequest } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import type { AdmissionPlugin } from './admission.ts'

const GROUP = 'certificates.k8s.io'

/** What the right to a subresource does not say alone: for which signer. */
const VERBS: Readonly<Record<string, string>> = { approval: 'approve', status: 'sign' }

/**
 * Who approves or signs a certificate request needs the right to do so for its signer, by name or for
 * all of its domain.
 */
export const certificates: AdmissionPlugin = {
  name: 'CertificateApproval',
  validate({ facts, subresource = '', operation, old, user, name }, { authorizer }) {
    if (facts.ref.group !== GROUP || facts.ref.resource !== 'certificatesigningrequests') return
    const verb = VERBS[subresource]
    if (verb === undefined || operation !== 'UPDATE') return
    const signer = (old as CertificateSigningRequest | undefined)?.spec.signerName ?? ''
    const names = [signer, `${signer.split('/')[0]}/*`]
    const may = names.some(
      (one) =>
        authorizer.decide(user, { type: 'resource', verb, group: GROUP, resource: 'signers', name: one }).allowed,
    )
    if (!may) throw forbidden(facts.ref, name, `user not permitted to ${verb} requests with signerName "${signer}"`)
  },
}
