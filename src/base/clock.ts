/** A moment or a span, in milliseconds. Moments count from the Unix epoch. */
export type Millis = number

/** A pending call; cancelling one that has already happened does nothing. */
export interface Timer {
  cancel(): void
}

/**
 * Time as a parameter. Nothing outside `base` and `host` reads the machine's clock, so that the
 * simulation can hold it still, let it jump and replay it.
 */
export interface Clock {
  /** Wall-clock time. It may step backwards: never subtract two readings to prove an order. */
  now(): Millis
  /** Calls `run` once, `delayMs` from now (0: as soon as the current work is done), unless cancelled. */
  after(delayMs: Millis, run: () => void): Timer
}

/** The machine's own clock. Timers do not keep the process alive on their own. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    if (delayMs <= 0) {
      // A timer of Node's would wait a millisecond at least.
      const soon = setImmediate(run)
      return { cancel: () => clearImmediate(soon) }
    }
    const handle = setTimeout(run, Math.min(delayMs, LONGEST_TIMER_MS))
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Node fires a timer at once if its delay does not fit 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Resolves after `delayMs`, or rejects with the signal's reason if that aborts first. */
export function sleep(clock: Clock, delayMs: Millis, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
