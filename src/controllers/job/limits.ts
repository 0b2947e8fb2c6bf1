/** A Job waits so long after its first failure, twice as long after the next, and never longer than the longest. */
export const RETRY_FIRST_MS = 10_000
export const RETRY_LONGEST_MS = 10 * 60_000

/** How often a Job is failed when it does not say. */
export const BACKOFF_LIMIT_DEFAULT = 6
