import { duplicate, type FieldError, type FieldErrorType, forbidden, invalid, required } from '../../field_error.ts'
import { compareQuantities, isWhole, nanosOf } from '../../quantity.ts'
import type { Container } from '../../types.ts'
import { formedIfSet } from '../../validation/checks.ts'
import { dnsLabel } from '../../validation/names.ts'
import {
  containerResourceNameErrors,
  isHugePages,
  mayOvercommit,
  resourceAmountErrors,
} from '../../validation/resource_names.ts'

type Resources = NonNullable<Container['resources']>
type Amounts = Readonly<Record<string, string>> | undefined
type NameCheck = (name: string, field: string) => FieldError[]

const inOrder = (amounts: Amounts): [string, string][] =>
  Object.entries(amounts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

/** What a container, or a pod as a whole, asks for and may use. `claims` are the names of the pod's resource claims. */
export function resourceErrors(
  resources: Resources | undefined,
  at: string,
  claims: readonly string[],
  nameErrors: NameCheck = containerResourceNameErrors,
): FieldError[] {
  const { limits, requests } = resources ?? {}
  const amountErrors = (name: string, amount: string, field: string) => [
    ...nameErrors(name, field),
    ...resourceAmountErrors(name, amount, field),
  ]
  return [
    ...inOrder(limits).flatMap(([name, amount]) => [
      ...amountErrors(name, amount, `${at}.limits[${name}]`),
      ...pageErrors(name, amount, `${at}.limits[${name}]`),
    ]),
    ...inOrder(requests).flatMap(([name, amount]) => [
      ...amountErrors(name, amount, `${at}.requests[${name}]`),
      ...requestAgainstLimit(name, amount, limits?.[name], at),
      ...pageErrors(name, amount, `${at}.requests[${name}]`),
    ]),
    ...lonelyPagesErrors([...Object.keys(limits ?? {}), ...Object.keys(requests ?? {})], at),
    ...claimErrors(resources?.claims ?? [], claims, `${at}.claims`),
  ]
}

function requestAgainstLimit(name: string, request: string, limit: string | undefined, at: string): FieldError[] {
  if (limit === undefined) {
    return mayOvercommit(name) ? [] : [required(`${at}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  const order = compareQuantities(request, limit)
  if (order !== 0 && !mayOvercommit(name)) {
    return [invalid(`${at}.requests`, request, `must be equal to ${name} limit of ${limit}`)]
  }
  return order > 0
    ? [invalid(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)]
    : []
}

/** Huge pages come as whole pages. */
function pageErrors(name: string, amount: string, field: string): FieldError[] {
  if (!name.startsWith('hugepages-')) return []
  const size = name.slice('hugepages-'.length)
  if (!/^[0-9]+[KMGTPE]i$/.test(size) || nanosOf(size) === 0n) return []
  if (isWhole(amount) && nanosOf(amount) % nanosOf(size) === 0n) return []
  return [invalid(field, amount, `${amount} is not positive integer multiple of ${name}`)]
}

function lonelyPagesErrors(names: readonly string[], at: string): FieldError[] {
  const lonely = names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')
  return lonely ? [forbidden(at, 'HugePages require cpu or memory')] : []
}

type Claim = NonNullable<Resources['claims']>[number]

/** Each claim must be one of the pod's, and be named once, whole or by request. */
function claimErrors(claims: readonly Claim[], known: readonly string[], field: string): FieldError[] {
  const taken = new Set<string>()
  return claims.flatMap(({ name, request }, index) => {
    const at = `${field}[${index}]`
    if (!name) return [required(at)]
    return [
      ...claimNameErrors(name, request ?? '', taken, at),
      ...(known.includes(name) ? [] : [unknownClaim(name, known, at)]),
    ]
  })
}

function claimNameErrors(name: string, request: string, taken: Set<string>, at: string): FieldError[] {
  if (taken.has(name)) return [duplicate(at, name)]
  const key = request === '' ? name : `${name}/${request}`
  const inParts = request === '' ? [...taken].filter((other) => other.startsWith(`${name}/`)) : []
  const errors = [
    ...formedIfSet(request, dnsLabel, `${at}.request`),
    ...(taken.has(key) ? [duplicate(at, key)] : inParts.map(() => duplicate(at, name))),
  ]
  taken.add(key)
  return errors
}

function unknownClaim(name: string, known: readonly string[], field: string): FieldError {
  const which = known.length === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`
  const type: FieldErrorType = 'FieldValueNotFound'
  return {
    type,
    field,
    message: `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${which}`,
  }
}
