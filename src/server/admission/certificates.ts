import type { CertificateSigningRequest } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import { type AdmissionPlugin, isAbout } from './admission.ts'
import { organizationsOf } from './certificate_subject.ts'

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

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'
const ADMINISTRATORS = 'system:masters'

/** Nobody asks for a certificate with which all rights come: it could not be taken back. */
export const certificateSubject: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate(attributes) {
    if (!isAbout(attributes, GROUP, 'certificatesigningrequests') || attributes.operation !== 'CREATE') return
    const { signerName, request } = (attributes.object as unknown as CertificateSigningRequest).spec
    if (signerName !== CLIENT_SIGNER || !organizationsOf(request).includes(ADMINISTRATORS)) return
    const why = `use of ${CLIENT_SIGNER} signer with ${ADMINISTRATORS} group is not allowed`
    throw forbidden(attributes.facts.ref, attributes.name, why)
  },
}
