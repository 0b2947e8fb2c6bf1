import type { Millis } from '../../base/clock.ts'

/** Somebody else may be building the largest image on a slow machine. */
export const LOCK_WAIT_MS: Millis = 15 * 60_000
export const LOCK_POLL_MS: Millis = 100
/** Downloads of Debian packages included. */
export const BUILD_TIMEOUT_MS: Millis = 15 * 60_000
export const IMPORT_TIMEOUT_MS: Millis = 5 * 60_000
export const PULL_TIMEOUT_MS: Millis = 15 * 60_000
/** For one question to a registry. */
export const LOOK_UP_TIMEOUT_MS: Millis = 30_000
/** Where a stand-in is at hand nobody wants to wait for a network that is not there … */
export const PROBE_TIMEOUT_MS: Millis = 3_000
/** … nor to find that out again for each image. */
export const UNREACHABLE_MS: Millis = 60_000
