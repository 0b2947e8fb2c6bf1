/** Pods that have ended and may stay, so that their logs and states can be read: `--terminated-pod-gc-threshold`. */
export const ENDED_PODS_MAX = 12_500

/** How long a node must be gone before its pods are: it may only be on its way back. */
export const NODE_GONE_MS = 40_000
