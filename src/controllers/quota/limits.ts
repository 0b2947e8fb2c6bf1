/** A count may rest on a cache that lags behind; it is made again after this time, as upstream does. */
export const RECOUNT_MS = 300_000
