/** How many old revisions are kept when the set does not say. */
export const REVISION_HISTORY_DEFAULT = 10

/** A failed pod is replaced after the first delay, twice as long after each further failure on its node. */
export const FAILED_POD_RETRY_MS = 1_000
