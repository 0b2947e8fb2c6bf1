/** How long an evicted pod counts as going although nothing shows it yet: `DeletionTimeout` of upstream. */
export const EVICTED_POD_COUNTS_MS = 2 * 60_000
