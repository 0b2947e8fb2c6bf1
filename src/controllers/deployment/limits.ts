/** Characters of the list of old revisions on a set. */
export const REVISION_HISTORY_CHARACTERS_MAX = 2_000

/** A progress deadline or a history limit of this many means none. */
export const UNLIMITED = 2 ** 31 - 1

/** How long after a progress deadline a Deployment is looked at again: conditions count whole seconds. */
export const DEADLINE_GRACE_MS = 1_000
