import type { Millis } from '../../base/clock.ts'
import { START_BACK_OFF_FIRST_MS, START_BACK_OFF_MOST_MS } from '../limits.ts'

/** An action failed; `reason` is what a waiting container shows. */
export class OperationError extends Error {
  override readonly name = 'OperationError'
  readonly reason: string
  readonly backOff: readonly [Millis, Millis]

  constructor(
    reason: string,
    message: string,
    backOff: readonly [Millis, Millis] = [START_BACK_OFF_FIRST_MS, START_BACK_OFF_MOST_MS],
  ) {
    super(message)
    this.reason = reason
    this.backOff = backOff
  }
}
