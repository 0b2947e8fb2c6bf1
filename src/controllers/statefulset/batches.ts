import { BURST_BATCH_MAX } from './limits.ts'

/**
 * Works on all items, 1, 2, 4, 8, ... at a time. A batch in which something fails is the last one, so
 * that what is denied to the first is not asked for a thousand times.
 */
export async function inGrowingBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let size = 1
  for (let at = 0; at < items.length; at += size, size = Math.min(2 * size, BURST_BATCH_MAX)) {
    const results = await Promise.allSettled(items.slice(at, at + size).map(work))
    const failure = results.find(({ status }) => status === 'rejected')
    if (failure?.status === 'rejected') throw failure.reason
  }
}
