import { ApiError } from '../api/error.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import { badRequest, rawServerError } from './api_errors.ts'
import type { Core } from './core.ts'
import { FUTURE_VERSION_WAIT_MS } from './limits.ts'

const VERSION = /^\d+$/
const UINT64_MAX = 2n ** 64n - 1n

/** A resource version as a number; 0 for none. @throws what `refuse` makes of the fault */
export function versionNumber(text: string, refuse: (why: string) => ApiError): number {
  if (text === '') return 0
  const why = !VERSION.test(text) ? 'invalid syntax' : BigInt(text) > UINT64_MAX ? 'value out of range' : undefined
  if (why === undefined) return Number(text)
  const quoted = JSON.stringify(text)
  throw refuse(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${why}`)
}

/** What is written in masses and forgotten soon is not kept at hand by upstream, which words some faults in another way then. */
const isKeptAtHand = ({ ref }: ResourceFacts): boolean => ref.resource !== 'events'

const refuseAtHand = (why: string): ApiError => rawServerError(why)
const refuseBehind = (why: string): ApiError => badRequest(`invalid resource version: ${why}`)

/** How a version that cannot be read is refused by a GET of one object. */
export const refuseOne = (facts: ResourceFacts) => (isKeptAtHand(facts) ? refuseAtHand : refuseBehind)
export const refuseList = refuseBehind
export const refuseWatch = refuseAtHand

/** Waits for the store to reach a version that the client has seen elsewhere. @throws ApiError 504 */
export async function waitForVersion(core: Core, facts: ResourceFacts, wanted: number): Promise<void> {
  const { store, clock } = core.deps
  if (wanted <= store.revision) return
  if (wanted <= store.headRevision) return store.durable(wanted)
  await new Promise<void>((resolve) => clock.after(FUTURE_VERSION_WAIT_MS, resolve))
  if (wanted > store.revision) throw tooLargeVersion(facts, wanted, store.revision)
}

function tooLargeVersion(facts: ResourceFacts, wanted: number, current: number): ApiError {
  return new ApiError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      ...(isKeptAtHand(facts) ? { retryAfterSeconds: 1 } : {}),
    },
  })
}

/** The state that was asked for is no longer known: the client has to begin anew. */
export const tooOld = (message: string, continueWith?: string): ApiError =>
  new ApiError({
    code: 410,
    reason: 'Expired',
    message,
    ...(continueWith === undefined ? {} : { metadata: { continue: continueWith } }),
  })
