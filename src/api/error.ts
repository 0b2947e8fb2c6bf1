/** One thing that is wrong, at one place: `details.causes[]` of a Status. */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** `details` of a Status. */
export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** Kubernetes' `Status` object: the answer to what failed, and to some of what succeeded. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string; readonly resourceVersion?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/** The one error of the API: it has Kubernetes' reason, HTTP code, message and details, and becomes a Status. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string | undefined
  readonly details: StatusDetails | undefined
  /** How a list that broke off can be gone on with. */
  readonly metadata: Status['metadata']
  /** Sent as `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | undefined

  constructor(options: {
    code: number
    reason?: string
    message: string
    details?: StatusDetails
    metadata?: Status['metadata']
    cause?: unknown
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.reason = options.reason
    this.details = options.details
    this.metadata = options.metadata ?? {}
    this.retryAfterSeconds = options.details?.retryAfterSeconds
  }

  /** What was thrown, as an ApiError: anything unknown is a 500 without its text's origin. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new ApiError({
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${message}`,
      cause: thrown,
    })
  }

  /** An ApiError out of a Status that a server sent. */
  static fromStatus(status: Partial<Status>, httpCode: number): ApiError {
    return new ApiError({
      code: status.code ?? httpCode,
      message: status.message ?? `the server answered ${httpCode}`,
      ...(status.reason === undefined ? {} : { reason: status.reason }),
      ...(status.details === undefined ? {} : { details: status.details }),
      ...(status.metadata === undefined ? {} : { metadata: status.metadata }),
    })
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    }
  }
}

/** Whoever is told so may come again after a moment. */
export const tooManyRequests = (): ApiError =>
  new ApiError({
    code: 429,
    reason: 'TooManyRequests',
    message: 'Too many requests, please try again later.',
    details: { retryAfterSeconds: 1 },
  })

export const isNotFound = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.reason === 'NotFound'
export const isAlreadyExists = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.reason === 'AlreadyExists'
export const isConflict = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.reason === 'Conflict'
export const isInvalid = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.reason === 'Invalid'
