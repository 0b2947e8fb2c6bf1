import { BATCH_MAX } from './limits.ts'

/** What came of work in batches: how much succeeded, and the first failure. */
export interface BatchResult {
  readonly succeeded: number
  readonly failure: unknown
}

/**
 * Works on all items, 1, 2, 4, 8, ... at a time. A batch in which something fails is the last one, so
 * that what is denied to the first is not asked for a thousand times.
 */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<BatchResult> {
  let [size, succeeded] = [1, 0]
  for (let at = 0; at < items.length; at += size, size = Math.min(2 * size, BATCH_MAX)) {
    const results = await Promise.allSettled(items.slice(at, at + size).map(work))
    const failure = results.find(({ status }) => status === 'rejected')
    succeeded += results.filter(({ status }) => status === 'fulfilled').length
    if (failure?.status === 'rejected') return { succeeded, failure: failure.reason }
  }
  return { succeeded, failure: undefined }
}
