import { ApiError } from '../error.ts'

/** The word by which Go's decoder names the type of a JSON value. */
export const jsonTypeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

/** 400: the patch itself is malformed. */
export const badPatch = (message: string): ApiError => new ApiError({ code: 400, reason: 'BadRequest', message })

/** 500 without a reason: how upstream answers faults of a strategic merge that it has no code for. */
export const failedMerge = (message: string): ApiError => new ApiError({ code: 500, message })

/** 422 with upstream's general text, which keeps the cause to itself. */
export const rejectedPatch = (cause: string): ApiError =>
  new ApiError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
    cause: new Error(cause),
  })

/** 413: more operations than a JSON patch may have. */
export const tooManyOperations = (count: number, max: number): ApiError =>
  new ApiError({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: The allowed maximum operations in a JSON patch is ${max}, got ${count}`,
  })

/** 422: what the patch made is no object of the kind; `shown` is the patch or the patched object, as upstream shows it. */
export function invalidPatch(shown: string, why: string): ApiError {
  const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`
  return new ApiError({
    code: 422,
    reason: 'Invalid',
    message: ` "" is invalid: patch: ${message}`,
    details: { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] },
  })
}
