/** Between two looks at the nodes while somebody wants to know: metrics-server's figure. */
export const SCRAPE_MS = 15_000

/** After the first look the second follows soon, so that the first asker has an answer. */
export const FIRST_WINDOW_MS = 1_000

/** When nobody has asked for so long, nobody looks any more. */
export const UNWANTED_MS = 120_000
