/** Endpoints in one slice: `--max-endpoints-per-slice`. */
export const ENDPOINTS_PER_SLICE_MAX = 100

/** Addresses in one Endpoints object; more are cut off, as upstream does. */
export const ADDRESSES_PER_ENDPOINTS_MAX = 1000

/** A service's endpoints are written at most so often: each write carries up to all of its pods. The first change is written at once. */
export const SERVICE_REST_MS = 50
