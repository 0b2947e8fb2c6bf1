import { toRfc3339 } from '../../base/time.ts'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject, RuleContext, SubresourceRules } from '../kind_rules.ts'
import { CERTIFICATE_REQUESTS } from '../resources.ts'
import type { CertificateSigningRequest } from '../types.ts'
import {
  type Condition,
  conditionErrors,
  conditionsOf,
  DECISIONS,
  decisionErrors,
  removalErrors,
  withOldDecisions,
} from './certificate_conditions.ts'
import { certificateFault } from './certificate_text.ts'
import { ageOf, humanDuration } from './durations.ts'

const SECONDS_MIN = 600
const PEM = /^\s*-----BEGIN CERTIFICATE REQUEST-----\n[A-Za-z0-9+/=\s]+-----END CERTIFICATE REQUEST-----\s*$/
const SIGNER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+\/[^/\s][^\s]*$/
const SIGNER_FORM = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown'
const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

/** Who asks is not the asker's to say, nor whether it is granted. */
function prepareCreate(draft: MutableObject, { user }: RuleContext): void {
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = draft['spec'] ?? {}
  draft['spec'] = {
    ...asked,
    username: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: [...user.groups],
    ...(user.extra === undefined ? {} : { extra: structuredClone(user.extra) }),
  }
  draft['status'] = {}
}

function validate({ spec }: CertificateSigningRequest): FieldError[] {
  const { usages = [], expirationSeconds } = spec
  const text = new TextDecoder().decode(Uint8Array.from(atob(spec.request ?? ''), (one) => one.charCodeAt(0)))
  return [
    ...(PEM.test(text) ? [] : [invalid('spec.request', spec.request, 'PEM block type must be CERTIFICATE REQUEST')]),
    ...(usages.length === 0 ? [required('spec.usages')] : []),
    ...usages.flatMap((usage, index) => {
      const field = `spec.usages[${index}]`
      if (!USAGES.includes(usage)) return [notSupported(field, usage, USAGES)]
      return usages.indexOf(usage) < index ? [duplicate(field, usage)] : []
    }),
    ...signerErrors(spec.signerName),
    ...(expirationSeconds !== undefined && expirationSeconds < SECONDS_MIN
      ? [
          invalid(
            'spec.expirationSeconds',
            expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
  ]
}

function signerErrors(name: string): FieldError[] {
  if (name === '') return [required('spec.signerName')]
  if (name === LEGACY_SIGNER)
    return [invalid('spec.signerName', name, 'the legacy signerName is not allowed via this API version')]
  return SIGNER_NAME.test(name) ? [] : [invalid('spec.signerName', name, SIGNER_FORM)]
}

/** What is wrong with a change: what a new request is checked for, and what may not be taken back or set. */
function changeErrors(may: { readonly decide?: boolean; readonly issue?: boolean }) {
  return (request: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] => [
    ...validate(request),
    ...conditionErrors(request, old),
    ...(certificateOf(request) === certificateOf(old) ? [] : certificateErrors(request)),
    ...removalErrors(request, old),
    ...(may.decide === true ? [] : decisionErrors(request, old)),
    ...issueErrors(request, old, may.issue === true),
  ]
}

const certificateOf = ({ status }: CertificateSigningRequest): string => status?.certificate ?? ''

function certificateErrors(request: CertificateSigningRequest): FieldError[] {
  const text = certificateOf(request)
  const fault = text === '' ? undefined : certificateFault(text)
  return fault === undefined ? [] : [invalid('status.certificate', '<certificate data>', fault)]
}

function issueErrors(request: CertificateSigningRequest, old: CertificateSigningRequest, mayIssue: boolean) {
  if (certificateOf(request) === certificateOf(old)) return []
  if (!mayIssue) return [forbidden('status.certificate', 'updates may not set certificate content')]
  return certificateOf(old) === ''
    ? []
    : [forbidden('status.certificate', 'updates may not modify existing certificate content')]
}

/** When a condition became what it is: now, unless it was so before. */
function dated(conditions: readonly Condition[], old: CertificateSigningRequest, now: string): Condition[] {
  return conditions.map((one) => {
    const before = conditionsOf(old).find(({ type }) => type === one.type)
    const same = before !== undefined && before.status === one.status
    return {
      ...one,
      lastUpdateTime: one.lastUpdateTime ?? now,
      lastTransitionTime: one.lastTransitionTime ?? (same ? before.lastTransitionTime : undefined) ?? now,
    }
  }) as Condition[]
}

/** `/approval`: conditions only. */
const approvalRules: SubresourceRules<CertificateSigningRequest> = {
  prepareUpdate(draft, old, { now }) {
    const asked = (draft['status']?.conditions ?? []) as Condition[]
    draft['spec'] = structuredClone(old.spec)
    draft['status'] = { ...structuredClone(old.status), conditions: dated(asked, old, toRfc3339(now)) }
  },
  validateUpdate: changeErrors({ decide: true }),
}

/** `/status`: what the signer says; the decisions are not its own. */
function prepareStatusUpdate(draft: MutableObject, old: CertificateSigningRequest, { now }: RuleContext): void {
  const asked = (draft['status']?.conditions ?? []) as Condition[]
  draft['spec'] = structuredClone(old.spec)
  draft['status'] = { ...draft['status'], conditions: dated(withOldDecisions(asked, old), old, toRfc3339(now)) }
}

function conditionText(request: CertificateSigningRequest): string {
  const types = conditionsOf(request).map(({ type }) => type)
  const decision = DECISIONS.find((type) => types.includes(type)) ?? 'Pending'
  const failed = types.includes('Failed') ? ',Failed' : ''
  return `${decision}${failed}${request.status?.certificate ? ',Issued' : ''}`
}

/** Somebody asks for a certificate; somebody else decides, and a signer makes it. */
export const certificateSigningRequestRules: KindRules<CertificateSigningRequest> = {
  resource: CERTIFICATE_REQUESTS,
  generation: 'none',
  nameForm: 'path-segment',
  prepareCreate,
  prepareUpdate(draft, old) {
    draft['spec'] = structuredClone(old.spec)
    draft['status'] = structuredClone(old.status ?? {})
  },
  prepareStatusUpdate,
  validateCreate: validate,
  validateUpdate: changeErrors({}),
  validateStatusUpdate: changeErrors({ issue: true }),
  subresources: { approval: approvalRules },
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec.signerName ?? '' }),
  cells(request, now) {
    const { metadata, spec } = request
    const { expirationSeconds } = spec
    return [
      metadata.name,
      ageOf(metadata.creationTimestamp, now),
      spec.signerName || '<none>',
      spec.username ?? '',
      expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
      conditionText(request),
    ]
  },
}
