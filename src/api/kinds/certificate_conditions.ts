import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { CertificateSigningRequest } from '../types.ts'
import { goDifference, goSame } from '../validation/go_names.ts'

export type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number]

export const conditionsOf = ({ status }: CertificateSigningRequest): readonly Condition[] => status?.conditions ?? []

/** Who may decides with one of these. */
export const DECISIONS = ['Approved', 'Denied']
/** What is said once and for all: it is true, or it is not said. */
const FINAL = ['Approved', 'Denied', 'Failed']

const FIELD = 'status.conditions'
const TYPE = 'certificates.CertificateSigningRequestCondition'

/** What is wrong with the conditions themselves; faults that the old request has already are let be. */
export function conditionErrors(request: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] {
  const before = typesOf(old)
  const mayRepeat = new Set(before).size < before.length
  const types = typesOf(request)
  return conditionsOf(request).flatMap(({ type, status }, index) => {
    const at = `${FIELD}[${index}]`
    const earlier = types.slice(0, index)
    return [
      ...(type === '' && !before.includes('') ? [required(`${at}.type`)] : []),
      ...statusErrors(type, status, `${at}.status`),
      ...(isBothDecisions(before) ? [] : exclusionErrors(type, earlier)),
      ...(earlier.includes(type) && !mayRepeat ? [duplicate(`${at}.type`, type)] : []),
    ]
  })
}

const typesOf = (request: CertificateSigningRequest): string[] => conditionsOf(request).map(({ type }) => type)

const isBothDecisions = (types: readonly string[]): boolean => DECISIONS.every((type) => types.includes(type))

function statusErrors(type: string, status: string | undefined, field: string): FieldError[] {
  if (!status) return [required(field)]
  const known = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
  return known.includes(status) ? [] : [notSupported(field, status, known)]
}

function exclusionErrors(type: string, earlier: readonly string[]): FieldError[] {
  const others = DECISIONS.filter((one) => one !== type)
  if (!DECISIONS.includes(type) || !others.some((one) => earlier.includes(one))) return []
  return [invalid(FIELD, type, 'Approved and Denied conditions are mutually exclusive')]
}

/** What was said once and for all is not taken back. */
export function removalErrors(request: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] {
  const lost = FINAL.filter((type) => ofType(request, type).length < ofType(old, type).length)
  return lost.map((type) => forbidden(FIELD, `updates may not remove a condition of type ${JSON.stringify(type)}`))
}

/** Who does not approve leaves the decisions as they are. */
export function decisionErrors(request: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] {
  return DECISIONS.flatMap((type) => {
    const [now, before] = [ofType(request, type), ofType(old, type)]
    const which = `a condition of type ${JSON.stringify(type)}`
    if (now.length < before.length) return []
    if (now.length > before.length) return [forbidden(FIELD, `updates may not add ${which}`)]
    const changed = now.findIndex((one, index) => !goSame(TYPE, one, before[index]))
    if (changed < 0) return []
    const difference = goDifference(TYPE, before[changed], now[changed])
    return [forbidden(FIELD, `updates may not modify ${which}\n${difference}`)]
  })
}

const ofType = (request: CertificateSigningRequest, type: string): Condition[] =>
  conditionsOf(request).filter((one) => one.type === type)

/** The sent conditions with the old decisions in the places of theirs, if there are as many; else as they were sent. */
export function withOldDecisions(sent: readonly Condition[], old: CertificateSigningRequest): Condition[] {
  return DECISIONS.reduce<Condition[]>(
    (conditions, type) => {
      const before = ofType(old, type)
      if (before.length !== conditions.filter((one) => one.type === type).length) return conditions
      let next = 0
      return conditions.map((one) => (one.type === type ? (before[next++] ?? one) : one))
    },
    [...sent],
  )
}
