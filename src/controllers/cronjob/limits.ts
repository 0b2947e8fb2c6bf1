/** A schedule that names no moment within so many years names none at all: 29 February comes at least every eighth. */
export const SEARCH_YEARS_MAX = 9

/** More missed runs than this are worth a warning: probably a clock was wrong. */
export const MISSED_RUNS_MAX = 100

/** Runs later than the one before by this much are found although the clock of the timer is a little early. */
export const LOOK_AFTER_MS = 100
