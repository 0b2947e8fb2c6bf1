/** How deep arrays and objects of a JSON or YAML body may nest. */
export const BODY_DEPTH_MAX = 1_000

/** How many aliases a YAML document may expand to, as a factor of its own nodes. */
export const YAML_ALIASES_MAX = 100

/** Faults of a strict decoding that are told; the rest are counted as one. */
export const STRICT_ERRORS_MAX = 100

/** Operations of one JSON patch; more is answered with 413. */
export const PATCH_OPERATIONS_MAX = 10_000

/** Bytes that the `copy` operations of one JSON patch may add. */
export const PATCH_COPY_BYTES_MAX = 3 * 1024 * 1024
