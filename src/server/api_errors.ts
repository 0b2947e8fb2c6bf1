import { ApiError, type StatusDetails } from '../api/error.ts'
import type { FieldError } from '../api/field_error.ts'

/** What an error names: a resource by its group and plural. */
export interface ResourceName {
  readonly group: string
  readonly resource: string
}

/** `pods`, or with its group `statefulsets.apps`. */
export const qualifiedResource = ({ group, resource }: ResourceName): string =>
  group === '' ? resource : `${resource}.${group}`

function detailsOf(of: ResourceName, name: string | undefined): StatusDetails {
  return { ...(name ? { name } : {}), ...(of.group === '' ? {} : { group: of.group }), kind: of.resource }
}

export const notFound = (of: ResourceName, name: string): ApiError =>
  new ApiError({
    code: 404,
    reason: 'NotFound',
    message: `${qualifiedResource(of)} "${name}" not found`,
    details: detailsOf(of, name),
  })

export const alreadyExists = (of: ResourceName, name: string): ApiError =>
  new ApiError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualifiedResource(of)} "${name}" already exists`,
    details: detailsOf(of, name),
  })

/** The same for who left it to the server to find a name: another attempt may find one. */
export const noUniqueName = (of: ResourceName, name: string): ApiError =>
  new ApiError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${alreadyExists(of, name).message}, the server was not able to generate a unique name for the object`,
    details: { ...detailsOf(of, name), retryAfterSeconds: 1 },
  })

export const conflict = (of: ResourceName, name: string, why: string): ApiError =>
  new ApiError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualifiedResource(of)} "${name}": ${why}`,
    details: detailsOf(of, name),
  })

export const modifiedMeanwhile = (of: ResourceName, name: string): ApiError =>
  conflict(of, name, 'the object has been modified; please apply your changes to the latest version and try again')

export const forbidden = (of: ResourceName, name: string | undefined, why: string): ApiError =>
  new ApiError({
    code: 403,
    reason: 'Forbidden',
    message: `${qualifiedResource(of)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    details: detailsOf(of, name),
  })

export const badRequest = (message: string): ApiError => new ApiError({ code: 400, reason: 'BadRequest', message })

/** An error that upstream lets out as it is: 500 without a reason. */
export const rawServerError = (message: string): ApiError => new ApiError({ code: 500, message })

export const unauthorized = (): ApiError => new ApiError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })

export const methodNotAllowed = (): ApiError =>
  new ApiError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  })

/** No such resource, version or subresource: the generic text, as the object is not known. */
export const noSuchResource = (): ApiError =>
  new ApiError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  })

/** What validation found: 422 with one cause a fault; the message names equal faults once. */
export function invalid(kind: { group: string; kind: string }, name: string, faults: readonly FieldError[]): ApiError {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const texts = [...new Set(faults.map((fault) => `${fault.field}: ${fault.message}`))]
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new ApiError({
    code: 422,
    reason: 'Invalid',
    message: `${qualified} "${name}" is invalid: ${list}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      ...(kind.kind === '' ? {} : { kind: kind.kind }),
      causes: faults.map((fault) => ({ reason: fault.type, message: fault.message, field: fault.field })),
    },
  })
}
