import type { Millis } from '../../base/clock.ts'

/** How often the end of a process is looked for. */
export const PROCESS_POLL_MS: Millis = 10
/** How long a killed process may take to vanish (it may be writing to a slow disk). */
export const KILL_WAIT_MS: Millis = 10_000
/** For commands of the machine that normally take milliseconds. */
export const COMMAND_TIMEOUT_MS: Millis = 30_000
/** What is kept of a command's output. */
export const COMMAND_OUTPUT_BYTES_MAX = 16 * 1024 * 1024
/** containerd opens its databases in well under a second; a machine with a busy disk may take longer. */
export const CONTAINERD_START_MS: Millis = 30_000
export const CONTAINERD_POLL_MS: Millis = 20
export const CONTAINERD_END_MS: Millis = 5_000
export const AGENT_END_MS: Millis = 5_000
/** The kernel's limit for a unix socket's path, without the closing zero. */
export const SOCKET_PATH_BYTES_MAX = 107
/** Nodes that one machine can hold: each has a /24 of the pod range and an address of the node range. */
export const NODES_MAX = 250
/** How often leftovers are unmounted and removed again before giving up. */
export const CLEANUP_TRIES = 20
export const CLEANUP_POLL_MS: Millis = 100
