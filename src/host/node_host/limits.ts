import type { Millis } from '../../base/clock.ts'

/** What is kept of a probe's answer. */
export const PROBE_BODY_BYTES_MAX = 10 * 1024
/** How often a file is looked at where the kernel cannot tell of its changes. */
export const WATCH_POLL_MS: Millis = 500
/** The kernel takes CPU quotas per period of this length. */
export const CPU_PERIOD_US = 100_000
/** Components of a subPath; the kernel's own limit for a path is 4096 bytes. */
export const SUB_PATH_DEPTH_MAX = 256
