/** How long a cache waits before it lists or watches again after a failure: doubled each time, up to the longest. */
export const RELIST_DELAY_FIRST_MS = 100
export const RELIST_DELAY_LONGEST_MS = 30_000

/** A watch is asked to end after this time, so that a dead connection cannot go unnoticed for ever. */
export const WATCH_TIMEOUT_SECONDS = 600

/** A watch that ends sooner and brought nothing counts as a failure, so that it is not opened again in a tight loop. */
export const SHORT_WATCH_MS = 1_000

/** Failures in a row after which a cache's trouble is told to the user. */
export const FAILURES_WORTH_A_WARNING = 5

/** Lists in a row that are older than the cache, until the store counts as replaced. */
export const OLDER_LISTS_MAX = 8
