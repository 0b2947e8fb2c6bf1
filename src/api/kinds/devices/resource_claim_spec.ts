import { type FieldError, invalid, notSupported, required } from '../../field_error.ts'
import { dnsSubdomain } from '../../validation/names.ts'
import { fill, fillNumber, items, type Loose } from '../draft.ts'
import {
  configurationErrors,
  deviceSelectorErrors,
  formErrors,
  itself,
  listErrors,
  qualifiedAttributeErrors,
  requestNameErrors,
  setErrors,
  tolerationErrors,
} from './resource_common.ts'

const REQUESTS_MAX = 32
const ALTERNATIVES_MAX = 8
const CONSTRAINTS_MAX = 32
const CONFIGURATIONS_MAX = 32
const MODES = ['All', 'ExactCount']

/** Fills in how many devices a claim asks for, and how tolerations compare. */
export function claimSpecDefaults(spec: Loose): void {
  for (const request of items(spec?.devices?.requests)) {
    for (const asked of [request.exactly ?? [], items(request.firstAvailable)].flat()) requestDefaults(asked)
  }
}

function requestDefaults(asked: Loose): void {
  fill(asked, 'allocationMode', 'ExactCount')
  if (asked.allocationMode === 'ExactCount') fillNumber(asked, 'count', 1)
  for (const toleration of items(asked.tolerations)) fill(toleration, 'operator', 'Equal')
}

/** What is wrong with what a claim, or the template of one, asks for. */
export function claimSpecErrors(spec: Loose, at: string): FieldError[] {
  const { requests, constraints, config } = spec?.devices ?? {}
  const field = `${at}.devices`
  const names = requestNames(items(requests))
  return [
    ...setErrors<Loose>(requests, { most: REQUESTS_MAX, keyOf: nameOf }, `${field}.requests`, requestErrors),
    ...listErrors<Loose>(constraints, CONSTRAINTS_MAX, `${field}.constraints`, (one, place) =>
      constraintErrors(one, place, names),
    ),
    ...listErrors<Loose>(config, CONFIGURATIONS_MAX, `${field}.config`, (one, place) => [
      ...requestRefsErrors(one.requests, `${place}.requests`, names),
      ...configurationErrors(one, place),
    ]),
  ]
}

const nameOf = ({ name }: Loose): string => name ?? ''

/** The requests by which a claim's parts can be named: `a`, or `a/b` for one of several alternatives. */
export const requestNames = (requests: readonly Loose[]): ReadonlySet<string> =>
  new Set(
    requests.flatMap((request) => [
      nameOf(request),
      ...items(request.firstAvailable).map((one) => `${nameOf(request)}/${nameOf(one)}`),
    ]),
  )

const ONE = 'exactly one of `exactly` or `firstAvailable` is required'

function requestErrors(request: Loose, field: string): FieldError[] {
  const { name, exactly, firstAvailable } = request
  const alternatives = items(firstAvailable)
  const errors = requestNameErrors(name, `${field}.name`)
  if (!exactly && alternatives.length === 0) return [...errors, required(field, ONE)]
  if (exactly && alternatives.length > 0) {
    return [...errors, invalid(field, null, `${ONE}, but multiple fields are set`)]
  }
  if (exactly) return [...errors, ...askedErrors(exactly, `${field}.exactly`)]
  const set = { most: ALTERNATIVES_MAX, keyOf: nameOf }
  const found = setErrors(alternatives, set, `${field}.firstAvailable`, (one, at) => [
    ...requestNameErrors(one.name, `${at}.name`),
    ...askedErrors(one, at),
  ])
  return [...errors, ...found]
}

function askedErrors(asked: Loose, field: string): FieldError[] {
  const { deviceClassName, selectors, tolerations } = asked
  const place = `${field}.deviceClassName`
  return [
    ...(deviceClassName ? formErrors(dnsSubdomain)(deviceClassName, place) : [required(place)]),
    ...deviceSelectorErrors(selectors, `${field}.selectors`),
    ...amountErrors(asked, field),
    ...items(tolerations).flatMap((one, index) => tolerationErrors(one, `${field}.tolerations[${index}]`)),
  ]
}

function amountErrors({ allocationMode, count = 0 }: Loose, field: string): FieldError[] {
  if (!MODES.includes(allocationMode)) return [notSupported(`${field}.allocationMode`, allocationMode, MODES)]
  if (allocationMode === 'ExactCount') {
    return count > 0 ? [] : [invalid(`${field}.count`, count, 'must be greater than zero')]
  }
  return count === 0 ? [] : [invalid(`${field}.count`, count, "must not be specified when allocationMode is 'All'")]
}

const REQUEST_REF =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

/** Each name is of a request of the claim. */
export function requestRefErrors(name: string, field: string, names: ReadonlySet<string>): FieldError[] {
  const segments = name.split('/')
  if (segments.length > 2) return [invalid(field, name, REQUEST_REF)]
  const errors = segments.flatMap((segment) => requestNameErrors(segment, field))
  return names.has(name) ? errors : [...errors, invalid(field, name, REQUEST_REF)]
}

export const requestRefsErrors = (refs: string[] | undefined, field: string, names: ReadonlySet<string>) =>
  setErrors(refs, { most: REQUESTS_MAX, keyOf: itself }, field, (name, at) => requestRefErrors(name, at, names))

function constraintErrors(constraint: Loose, field: string, names: ReadonlySet<string>): FieldError[] {
  const { requests, matchAttribute, distinctAttribute } = constraint
  const errors = requestRefsErrors(requests, `${field}.requests`, names)
  if (matchAttribute !== undefined) {
    return [...errors, ...qualifiedAttributeErrors(matchAttribute, `${field}.matchAttribute`)]
  }
  if (distinctAttribute !== undefined) {
    return [...errors, ...qualifiedAttributeErrors(distinctAttribute, `${field}.distinctAttribute`)]
  }
  const detail = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [...errors, required(field, detail)]
}
