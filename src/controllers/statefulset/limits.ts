/** Requests of one batch at most: batches of a burst grow from 1 by doubling, so that a denied pod costs one request. */
export const BURST_BATCH_MAX = 500

/** A revision's name must fit 253 characters with its hash. */
export const REVISION_NAME_PREFIX_MAX = 223

/** Other names to try when a revision's name is taken by something else. */
export const HASH_COLLISIONS_MAX = 1_000

/** Pod ordinals are 32-bit numbers. */
export const ORDINAL_MAX = 2 ** 31 - 1

/** How many old revisions are kept when the set does not say. */
export const REVISION_HISTORY_DEFAULT = 10

/** How often a set looks whether the claim of a pod that was scaled away has gone at last. */
export const CLAIM_LOOK_MS = 5_000

/** What changes nothing but the numbers in a set's status is told there within this time. */
export const STATUS_WAIT_MS = 10

/** A set with so many pods is not decided on twice within a millisecond, one with twice as many within two, and so on. */
export const PODS_PER_MS_OF_REST = 50
