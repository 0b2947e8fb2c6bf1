import { ApiError } from '../api/error.ts'
import type { UserInfo } from '../api/request.ts'
import type { Clock } from '../base/clock.ts'
import { MASTERS } from './authorization.ts'
import { READS_IN_FLIGHT_MAX, REQUEST_TIMEOUT_MS, SYSTEM_SHARE, WRITES_IN_FLIGHT_MAX } from './limits.ts'
import type { ResourcePath } from './router.ts'

/** Whose request it is, and what it does. */
export interface Entrant {
  readonly user: UserInfo
  readonly method: string
}

/** Keeps the number of requests that are worked on at once, and the time that each takes, bounded. */
export interface RequestGate {
  /**
   * Runs the work of one request.
   * @throws ApiError 429 when there are too many, 504 when the work takes too long
   */
  run<T>(entrant: Entrant, work: () => Promise<T>): Promise<T>
}

const LONG_RUNNING = new Set(['exec', 'attach', 'portforward', 'log', 'proxy'])

/** What lasts as long as its client likes is neither counted nor timed. */
export const isLongRunning = ({ subresource, watch }: ResourcePath, wantsWatch: boolean): boolean =>
  watch || wantsWatch || LONG_RUNNING.has(subresource ?? '')

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

export function createRequestGate(clock: Clock): RequestGate {
  const inFlight = { reads: 0, writes: 0 }
  return {
    async run({ user, method }, work) {
      const kind = isRead(method) ? 'reads' : 'writes'
      if (inFlight[kind] >= roomFor(user, kind)) throw tooMany()
      inFlight[kind]++
      try {
        return await inTime(clock, work)
      } finally {
        inFlight[kind]--
      }
    },
  }
}

/**
 * Nodes and the cluster's own parts have a share that nobody else can take: a user who floods the
 * server must not make it forget its nodes. Administrators are never refused, as they have to mend it.
 */
function roomFor({ groups }: UserInfo, kind: 'reads' | 'writes'): number {
  if (groups.includes(MASTERS)) return Number.POSITIVE_INFINITY
  const whole = kind === 'reads' ? READS_IN_FLIGHT_MAX : WRITES_IN_FLIGHT_MAX
  const isSystem = groups.includes('system:nodes') || groups.includes('system:serviceaccounts:kube-system')
  return isSystem ? whole : whole * (1 - SYSTEM_SHARE)
}

const tooMany = (): ApiError =>
  new ApiError({
    code: 429,
    reason: 'TooManyRequests',
    message: 'Too many requests, please try again later.',
    details: { retryAfterSeconds: 1 },
  })

const tooLate = (): ApiError =>
  new ApiError({
    code: 504,
    reason: 'Timeout',
    message: 'Timeout: request did not complete within the allotted timeout',
    details: {},
  })

/** A write that is too late may still have happened: the client has to look. */
function inTime<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(REQUEST_TIMEOUT_MS, () => reject(tooLate()))
    work()
      .then(resolve, reject)
      .finally(() => timer.cancel())
  })
}
