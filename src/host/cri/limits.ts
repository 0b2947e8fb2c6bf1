import type { Millis } from '../../base/clock.ts'

/** For calls that only look something up. */
export const QUERY_DEADLINE_MS: Millis = 10_000
/**
 * For calls that make or end something. Long on purpose: after a deadline the runtime goes on, and
 * a second attempt under the same name is refused as "reserved".
 */
export const ACTION_DEADLINE_MS: Millis = 240_000
/** What a stop may take beyond the grace period that it was given. */
export const STOP_EXTRA_MS: Millis = 60_000
/** What an exec may take beyond its own timeout until the runtime has cleaned up. */
export const EXEC_EXTRA_MS: Millis = 15_000
/** An answer with the output of a probe, or a list of thousands of containers. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024
/** How long a containerd that has just been started may take until it answers. */
export const START_DEADLINE_MS: Millis = 20_000
export const START_POLL_MS: Millis = 25
