import { type FieldError, invalid, required } from '../field_error.ts'
import { compareQuantities } from '../quantity.ts'
import type { Container } from '../types.ts'
import { containerResourceNameErrors, mayOvercommit, resourceAmountErrors } from '../validation/resource_names.ts'

type Resources = NonNullable<Container['resources']>

const inOrder = (amounts: Readonly<Record<string, string>> | undefined): [string, string][] =>
  Object.entries(amounts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

/** What a container asks for and may use. */
export function resourceErrors(resources: Resources | undefined, at: string): FieldError[] {
  const amountErrors = (name: string, amount: string, field: string) => [
    ...containerResourceNameErrors(name, field),
    ...resourceAmountErrors(name, amount, field),
  ]
  return [
    ...inOrder(resources?.limits).flatMap(([name, amount]) => amountErrors(name, amount, `${at}.limits[${name}]`)),
    ...inOrder(resources?.requests).flatMap(([name, amount]) => [
      ...amountErrors(name, amount, `${at}.requests[${name}]`),
      ...requestAgainstLimit(name, amount, resources?.limits?.[name], at),
    ]),
  ]
}

function requestAgainstLimit(name: string, request: string, limit: string | undefined, at: string): FieldError[] {
  if (limit === undefined) {
    if (mayOvercommit(name) || !name.includes('/')) return []
    return [required(`${at}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  const order = compareQuantities(request, limit)
  if (order !== 0 && !mayOvercommit(name)) {
    return [invalid(`${at}.requests`, request, `must be equal to ${name} limit of ${limit}`)]
  }
  return order > 0
    ? [invalid(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)]
    : []
}
