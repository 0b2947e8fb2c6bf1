import { isConflict, isNotFound } from '../../api/error.ts'
import { CERTIFICATE_REQUESTS } from '../../api/resources.ts'
import type { CertificateSigningRequest } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import type { CertificateSigner, RequestSubject } from './signer.ts'

export const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'
const CLIENT_USAGES = ['client auth', 'digital signature', 'key encipherment']
const ADMINISTRATORS = 'system:masters'

export interface SigningPlan {
  readonly sign: boolean
}

/** Signs what has been approved for clients of the API server; other signers are somebody else. */
export function createSigningController(
  deps: ControllerDeps,
  { signer }: { readonly signer: CertificateSigner },
): Controller<CertificateSigningRequest, SigningPlan> {
  const requests = deps.informers.of(CERTIFICATE_REQUESTS)
  return {
    name: 'csrsigning',
    watches: [watchRule(CERTIFICATE_REQUESTS, ({ key }) => [key])],
    view: (key) => requests.get(key),
    decide: decideSigning,
    async apply({ sign }, request, client) {
      if (!sign) return done
      const status = await statusFor(signer, request)
      const { uid, resourceVersion } = request.metadata
      const body = { metadata: { uid, resourceVersion }, status }
      const gone = (thrown: unknown) => isNotFound(thrown) || isConflict(thrown)
      await unless(
        gone,
        client.patch(CERTIFICATE_REQUESTS, refOf(request), { type: 'merge', body, subresource: 'status' }),
      )
      return done
    },
  }
}

export function decideSigning({ spec, status }: CertificateSigningRequest): SigningPlan {
  const types = (status?.conditions ?? []).map(({ type }) => type)
  const isApproved = types.includes('Approved') && !types.includes('Denied') && !types.includes('Failed')
  return { sign: isApproved && !status?.certificate && spec.signerName === CLIENT_SIGNER }
}

async function statusFor(signer: CertificateSigner, { spec, status }: CertificateSigningRequest): Promise<object> {
  const request = atob(spec.request)
  try {
    const fault = faultOf(await signer.subjectOf(request), spec.usages ?? [])
    if (fault !== undefined) return failed(status, 'SignerValidationFailure', fault)
    const { expirationSeconds: seconds } = spec
    return { certificate: btoa(await signer.sign({ request, ...(seconds === undefined ? {} : { seconds }) })) }
  } catch (thrown) {
    return failed(status, 'SigningError', messageOf(thrown))
  }
}

/** A certificate cannot be taken back, so it does not make an administrator. */
function faultOf({ commonName, organizations }: RequestSubject, usages: readonly string[]): string | undefined {
  if (commonName === '') return 'subject common name is required'
  if (organizations.includes(ADMINISTRATORS)) return `subject organization ${ADMINISTRATORS} is not allowed`
  const strange = usages.find((usage) => !CLIENT_USAGES.includes(usage))
  if (strange !== undefined) return `usage ${JSON.stringify(strange)} is not one of a client`
  return usages.includes('client auth') ? undefined : 'usage "client auth" is required'
}

const failed = (status: CertificateSigningRequest['status'], reason: string, message: string): object => ({
  conditions: [...(status?.conditions ?? []), { type: 'Failed', status: 'True', reason, message }],
})
