import { ApiError, tooManyRequests } from '../../api/error.ts'
import type { UserInfo } from '../../api/request.ts'
import type { Clock } from '../../base/clock.ts'
import { MASTERS } from '../access/authorization.ts'
import {
  LONG_RUNNING_MAX,
  LONG_RUNNING_PER_USER_MAX,
  READS_IN_FLIGHT_MAX,
  REQUEST_TIMEOUT_MS,
  SYSTEM_SHARE,
  USER_SHARE_MAX,
  WRITES_IN_FLIGHT_MAX,
} from '../limits.ts'
import { type AfterOthers, FairTurns } from './fair_turns.ts'
import type { ResourcePath } from './router.ts'

/** Whose request it is, and what it does. */
export interface Entrant {
  readonly user: UserInfo
  readonly method: string
  readonly path?: Pick<ResourcePath, 'group' | 'resource'>
  /** Aborts when the client goes away: what has not begun then never does. */
  readonly signal?: AbortSignal
}

/** Keeps the number of requests that are worked on at once, and the time that each takes, bounded. */
export interface RequestGate {
  /**
   * Runs the work of one request.
   * @throws ApiError 429 when there are too many, 504 when the work takes too long
   */
  run<T>(entrant: Entrant, work: () => Promise<T>): Promise<T>
  /**
   * Counts a request that lasts as long as its client likes, until the signal aborts.
   * @throws ApiError 429 when the user, or everybody together, has too many
   */
  hold(user: UserInfo, signal: AbortSignal): void
}

const LONG_RUNNING = new Set(['exec', 'attach', 'portforward', 'log', 'proxy'])

/** Logs, tunnels and proxied requests: whatever flows there are, these are of none. */
export const isStream = ({ subresource }: Pick<ResourcePath, 'subresource'>): boolean =>
  LONG_RUNNING.has(subresource ?? '')

/** What lasts as long as its client likes is counted apart and not timed. */
export const isLongRunning = (path: ResourcePath, wantsWatch: boolean): boolean =>
  path.watch || wantsWatch || isStream(path)

/**
 * Who goes first. Administrators are never refused, as they have to mend what is wrong; nodes and the
 * cluster's own parts, then leader elections, have a share that nobody else can take, and wait for
 * nobody's turn: a user who floods the server must not make it forget its nodes.
 */
type Level = 'exempt' | 'system' | 'election' | 'workload'

const CEILING: Readonly<Record<Exclude<Level, 'exempt'>, number>> = {
  system: 1,
  election: 1 - SYSTEM_SHARE / 2,
  workload: 1 - SYSTEM_SHARE,
}

const SYSTEM_GROUPS = ['system:nodes', 'system:serviceaccounts:kube-system']

function levelOf({ name, groups }: UserInfo, path: Entrant['path']): Level {
  if (groups.includes(MASTERS)) return 'exempt'
  if (SYSTEM_GROUPS.some((group) => groups.includes(group)) || name.startsWith('system:kube-')) return 'system'
  const isLease = path?.group === 'coordination.k8s.io' && path.resource === 'leases'
  return isLease && groups.includes('system:serviceaccounts') ? 'election' : 'workload'
}

type Kind = 'reads' | 'writes' | 'held'

const WHOLE: Readonly<Record<Kind, number>> = {
  reads: READS_IN_FLIGHT_MAX,
  writes: WRITES_IN_FLIGHT_MAX,
  held: LONG_RUNNING_MAX,
}

/** What one user may have of each. */
const OWN: Readonly<Record<Kind, number>> = {
  reads: READS_IN_FLIGHT_MAX * USER_SHARE_MAX,
  writes: WRITES_IN_FLIGHT_MAX * USER_SHARE_MAX,
  held: LONG_RUNNING_PER_USER_MAX,
}

const kindOf = (method: string): Kind => (method === 'GET' || method === 'HEAD' ? 'reads' : 'writes')

/** `afterOthers` absent: requests do not take turns, as where nothing comes over a network. */
export function createRequestGate(clock: Clock, afterOthers?: AfterOthers): RequestGate {
  const seats = { reads: new Seats('reads'), writes: new Seats('writes'), held: new Seats('held') }
  const turns = afterOthers && new FairTurns(afterOthers)
  return {
    async run({ user, method, path, signal }, work) {
      const level = levelOf(user, path)
      const leave = seats[kindOf(method)].take(user.name, level)
      const begin = async () => {
        if (level === 'workload') await turns?.take(user.name)
        if (signal?.aborted) throw tooLate()
        return work()
      }
      try {
        return await inTime(clock, begin)
      } finally {
        leave()
      }
    },
    hold(user, signal) {
      const leave = seats.held.take(user.name, levelOf(user, undefined))
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave, { once: true })
    },
  }
}

/** How many requests of one kind there are, together and by user. */
class Seats {
  readonly #kind: Kind
  readonly #ofUser = new Map<string, number>()
  #taken = 0

  constructor(kind: Kind) {
    this.#kind = kind
  }

  /** Answers how to give the seat back. @throws ApiError 429 */
  take(user: string, level: Level): () => void {
    if (level === 'exempt') return () => {}
    const own = this.#ofUser.get(user) ?? 0
    const isOwnBounded = level !== 'system'
    if (this.#taken >= WHOLE[this.#kind] * CEILING[level] || (isOwnBounded && own >= OWN[this.#kind]))
      throw tooManyRequests()
    this.#taken++
    this.#ofUser.set(user, own + 1)
    return () => this.#giveBack(user)
  }

  #giveBack(user: string): void {
    this.#taken--
    const left = (this.#ofUser.get(user) ?? 1) - 1
    if (left > 0) this.#ofUser.set(user, left)
    else this.#ofUser.delete(user)
  }
}

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
