/** Connections of one transport at once; each watch takes one. */
export const SOCKETS_MAX = 256

/** How long a connection may be silent before an answer is given up. */
export const ANSWER_WAIT_MS = 60_000

/** How long a watch may be silent: servers send bookmarks and end watches sooner. */
export const WATCH_SILENCE_MAX_MS = 660_000

/** An answer at most; the largest lists of large clusters are smaller. */
export const ANSWER_BYTES_MAX = 512 * 2 ** 20

/** One event of a watch at most: an object is at most 3 MiB, and escapes may double it. */
export const WATCH_LINE_BYTES_MAX = 8 * 2 ** 20
