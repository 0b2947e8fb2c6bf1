/** Requests of one batch at most. */
export const BATCH_MAX = 500

/** Pods that one reconciliation makes or deletes at most: `BurstReplicas` of upstream. */
export const POD_BURST_MAX = 500
