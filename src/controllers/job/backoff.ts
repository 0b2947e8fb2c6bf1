import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { RETRY_FIRST_MS, RETRY_LONGEST_MS } from './limits.ts'

/** How long until pods may be made again: longer with each failure since the last success. */
export function retryInMs(failed: readonly Pod[], succeeded: readonly Pod[], now: Millis): Millis {
  const lastSuccess = Math.max(0, ...succeeded.map(finishedAt))
  const recent = failed.map(finishedAt).filter((at) => at > lastSuccess)
  if (recent.length === 0) return 0
  return Math.max(0, Math.max(...recent) + delayAfter(recent.length) - now)
}

/** The wait after so many failures in a row. */
export const delayAfter = (failures: number): Millis =>
  Math.min(RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 30), RETRY_LONGEST_MS)

/** When the last container ended; for a pod that never got so far, when it was given up or made. */
export function finishedAt({ metadata, status }: Pod): Millis {
  const ends = (status?.containerStatuses ?? []).flatMap(
    ({ state }) => fromRfc3339(state?.terminated?.finishedAt) ?? [],
  )
  if (ends.length > 0) return Math.max(...ends)
  const unready = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'False')
  const known = unready?.lastTransitionTime ?? metadata.deletionTimestamp ?? metadata.creationTimestamp
  return fromRfc3339(known) ?? 0
}
