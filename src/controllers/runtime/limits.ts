/** A failed key is tried again after the first delay, doubled with each failure up to the longest: client-go's figures. */
export const RETRY_DELAY_FIRST_MS = 5
export const RETRY_DELAY_LONGEST_MS = 1_000_000

/** A decision that asks to come again comes no sooner than this. */
export const AGAIN_SOONEST_MS = 10

/** Keys that one controller works on at once: `--concurrent-statefulset-syncs` and its like. */
export const WORKERS = 5

/** How long a key waits for the caches to show the controller's own writes before it is decided on again regardless. */
export const OWN_WRITES_WAIT_MS = 5_000

/** How often a waiting key looks again when no change of what it wrote arrives. */
export const OWN_WRITES_LOOK_MS = 50

/** Events that wait to be written; what comes on top of them is dropped. */
export const EVENTS_WAITING_MAX = 10_000

/** Events that one part writes at once, each about another object. */
export const EVENTS_AT_ONCE = 32

/** Written events that are remembered, so that a repeat raises the count of the first. */
export const EVENTS_REMEMBERED_MAX = 4_096

/** Events that one object may cause at once, and how long until it may cause one more: client-go's figures. */
export const EVENT_BURST = 25
export const EVENT_REFILL_MS = 300_000
