/** Events that wait to be written; what comes on top of them is dropped. */
export const EVENTS_WAITING_MAX = 1_000
