/**
 * How long to wait before looking again at a namespace whose contents do not go at once, because
 * something holds them: a part of the time that it has been ending already, within these bounds.
 */
export const NAMESPACE_RECHECK_SHORTEST_MS = 250
export const NAMESPACE_RECHECK_LONGEST_MS = 15_000
export const NAMESPACE_RECHECK_PART = 1 / 4

/** Objects of a namespace that are deleted at the same time. */
export const NAMESPACE_DELETES_AT_ONCE = 16
