/** How long to wait before looking again at a namespace whose contents do not go at once: something holds them. */
export const NAMESPACE_RECHECK_MS = 250

/** Objects of a namespace that are deleted at the same time. */
export const NAMESPACE_DELETES_AT_ONCE = 16
