/** The first wait before a crashed container starts again; doubles with each crash. Upstream's figure. */
export const RESTART_BACK_OFF_FIRST_MS = 10_000
export const RESTART_BACK_OFF_MOST_MS = 300_000
/** A container that ran this long since its last restart starts without a wait again. */
export const RESTART_BACK_OFF_RESET_MS = 600_000

/** How long ErrImagePull is shown before ImagePullBackOff takes its place. */
export const IMAGE_ERROR_SHOWN_MS = 2_000
export const IMAGE_BACK_OFF_FIRST_MS = 10_000
export const IMAGE_BACK_OFF_MOST_MS = 300_000

/** For whatever else goes wrong while a pod starts: sandbox, volumes, a container's settings. */
export const START_BACK_OFF_FIRST_MS = 500
export const START_BACK_OFF_MOST_MS = 20_000

/** A termination grants at least this much, however late it is noticed. */
export const GRACE_LEAST_SECONDS = 1
/** What containers get whose pod was removed without a grace period, or that have none stated. */
export const GRACE_DEFAULT_SECONDS = 30
/** What a container still gets after its preStop hook has used up the grace period. */
export const GRACE_AFTER_PRE_STOP_SECONDS = 2

/** Instances kept of each container: the current one and the one whose logs `--previous` shows. */
export const CONTAINER_INSTANCES_MOST = 2

/** Without a runtime that tells of changes: between two listings while pods are on their way, and while none is. */
export const RELIST_BUSY_MS = 100
export const RELIST_IDLE_MS = 500
/** A failed write of a pod's status or a failed deletion is tried again after this. */
export const API_RETRY_FIRST_MS = 200
export const API_RETRY_MOST_MS = 10_000

export const LEASE_DURATION_SECONDS = 40
export const LEASE_RENEW_MS = 10_000
export const NODE_STATUS_MS = 300_000

/** What a termination message or a hook's output may hold. */
export const TERMINATION_MESSAGE_BYTES_MOST = 4096
export const TERMINATION_LOG_BYTES_MOST = 2048
export const TERMINATION_LOG_LINES_MOST = 80

/** Configuration and secrets appear in running pods at most this much later. */
export const VOLUME_REFRESH_MS = 60_000

/** How long a cache may lag behind the API before what it lacks counts as missing, and between two looks at it. */
export const CACHE_LAG_MOST_MS = 1_000
export const CACHE_LAG_POLL_MS = 5

/** A container's log file may grow to this before a new one is begun; how many there may be, and how often they are looked at. */
export const LOG_BYTES_MOST = 10 * 1024 * 1024
export const LOG_FILES_MOST = 5
export const LOG_LOOK_MS = 10_000

/** Actions of one decision; more is a mistake. */
export const PLAN_ACTIONS_MOST = 1_000
/** How long a pod waits for a first look at what it names; the server may be away. Then its start fails, and is tried again. */
export const FIRST_LOOK_MOST_MS = 10_000

/** Where clients look for a kubelet, through the API's proxy; the agent's pages are found there. */
export const KUBELET_PORT = 10_250
