/** A request body may have this many bytes; more is answered with 413. */
export const BODY_BYTES_MAX = 3 * 1024 * 1024
/** How often a write is computed anew when somebody else changed the object in between. */
export const COMMIT_ATTEMPTS_MAX = 20
/** How often a generated name is drawn anew when it is taken. */
export const GENERATED_NAME_ATTEMPTS_MAX = 8
/** A watch whose client reads too slowly is ended when this many bytes wait for it. */
export const WATCH_BACKLOG_BYTES_MAX = 16 * 1024 * 1024
/** A watch without `timeoutSeconds` ends after between one and two times this, so that they do not all end at once. */
export const WATCH_TIMEOUT_MS = 1_800_000
/** Time between two bookmarks of one watch. */
export const BOOKMARK_INTERVAL_MS = 60_000
/** A watch that ends by its time gets one more bookmark so long before, from which its client goes on. */
export const LAST_BOOKMARK_MS = 2_000
/** A read of a resource version that the server has not reached waits this long before it fails. */
export const FUTURE_VERSION_WAIT_MS = 3_000
/** Answers smaller than this are not compressed. */
export const GZIP_BYTES_MIN = 128 * 1024
/** Page of an internal list, such as the one behind `deletecollection`. */
export const INTERNAL_PAGE_SIZE = 500
/** Warning texts of one answer, together; later ones are cut. */
export const WARNING_CHARS_MAX = 4096
/** Reads that are worked on at once; watches do not count. More are answered with 429. */
export const READS_IN_FLIGHT_MAX = 400
/** The same for everything that changes something. */
export const WRITES_IN_FLIGHT_MAX = 200
/** The part of both that only nodes and the cluster's own parts may take. */
export const SYSTEM_SHARE = 0.1
/** The part of both that one user may take, so that there is room for a second one. */
export const USER_SHARE_MAX = 0.5
/** Watches, followed logs, tunnels and proxied requests that are open at once; each keeps a connection and a buffer. */
export const LONG_RUNNING_MAX = 10_000
/** The same for one user. */
export const LONG_RUNNING_PER_USER_MAX = 1_000
/** What may wait for all readers of watches together; beyond it the slowest is let go. */
export const WATCH_BACKLOGS_BYTES_MAX = 256 * 1024 * 1024
/** A request that is no watch and no stream is answered within this time, with 504 if need be. */
export const REQUEST_TIMEOUT_MS = 60_000
/** A health check of a part that does not answer within this time has failed. */
export const HEALTH_CHECK_MS_MAX = 2_000

/** Evictions that a disruption budget may have waiting to be confirmed. */
export const DISRUPTED_PODS_MAX = 2_000

/** So many pods of a namespace are looked at when its security level becomes stricter. */
export const POD_SECURITY_PODS_MAX = 3000
