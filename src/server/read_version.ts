import { ApiError } from '../api/error.ts'
import type { Core } from './core.ts'
import { FUTURE_VERSION_WAIT_MS } from './limits.ts'

const VERSION = /^\d+$/

/** A resource version as a number; 0 for none, undefined for what is no version. */
export function versionNumber(text: string): number | undefined {
  if (text === '') return 0
  return VERSION.test(text) ? Number(text) : undefined
}

/** Waits for the store to reach a version that the client has seen elsewhere. @throws ApiError 504 */
export async function waitForVersion(core: Core, wanted: number): Promise<void> {
  const { store, clock } = core.deps
  if (wanted <= store.revision) return
  if (wanted <= store.headRevision) return store.durable(wanted)
  await new Promise<void>((resolve) => clock.after(FUTURE_VERSION_WAIT_MS, resolve))
  if (wanted > store.revision) throw tooLargeVersion(wanted, store.revision)
}

function tooLargeVersion(wanted: number, current: number): ApiError {
  return new ApiError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  })
}

/** The state that was asked for is no longer known: the client has to begin anew. */
export const tooOld = (message: string): ApiError => new ApiError({ code: 410, reason: 'Expired', message })
