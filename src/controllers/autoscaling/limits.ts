/** How often each autoscaler is looked at: `--horizontal-pod-autoscaler-sync-period`. */
export const SYNC_MS = 15_000

/** How far use may be from the target without a change, up and down. */
export const TOLERANCE = 0.1

/** How long after its start a pod that is not ready counts as starting: its use of processors means nothing yet. */
export const CPU_INITIALIZATION_MS = 300_000

/** A pod whose Ready condition changed last within this time after its start was never ready. */
export const INITIAL_READINESS_MS = 30_000

/** How far back recommendations are looked through before going down, where the autoscaler does not say. */
export const DOWN_STABILIZATION_MS = 300_000

/** Without behaviour of its own an autoscaler at most doubles, or goes to this many. */
export const UP_FACTOR_MAX = 2
export const UP_REPLICAS_LEAST = 4
