import { ApiError } from '../src/api/error.ts'
import type { ApiAnswer, ApiRequest, Transport, WatchEvent, WatchHandle, WatchSink } from '../src/api/request.ts'
import { type Clock, type Millis, sleep } from '../src/base/clock.ts'
import type { Random } from '../src/base/random.ts'
import type { Faults } from './faults.ts'

/** Told of every request that reaches the server, before it takes hold. */
export type RequestObserver = (component: string, request: ApiRequest) => void

export interface FaultyTransportDeps {
  readonly inner: Transport
  readonly component: string
  /** Read at each use: faults may be switched off during a run. */
  readonly faults: () => Readonly<Faults>
  readonly clock: Clock
  readonly random: Random
  readonly observe: RequestObserver
  /** An earlier version of the cluster, for lists that accept any. */
  readonly oldVersion: () => string | undefined
}

/** A transport that ends with its process: after `cut` nothing goes out and nothing comes in. */
export interface FaultyTransport extends Transport {
  cut(): void
}

/** A network between a part and the server: slow, lossy, and everything on it is JSON. */
export function faultyTransport(deps: FaultyTransportDeps): FaultyTransport {
  let alive = true
  const never = () => new Promise<never>(() => {})
  const delay = () => sleep(deps.clock, deps.random.fraction() * deps.faults().delayMs)
  const chance = (share: number) => deps.random.fraction() < share
  return {
    cut: () => {
      alive = false
    },
    async request(request) {
      await delay()
      if (!alive) return never()
      const faults = deps.faults()
      if (chance(faults.lostRequest)) return timeOut(deps)
      if (chance(faults.serverError)) throw overloaded(deps.random)
      deps.observe(deps.component, request)
      const answer = await attempt(() => deps.inner.request(throughJson(maybeStale(request, deps))))
      await delay()
      if (!alive) return never()
      if (chance(faults.lostAnswer)) return timeOut(deps)
      return answer()
    },
    async watch(request, sink) {
      await delay()
      if (!alive) return never()
      return laggingWatch(deps, request, sink, () => alive)
    },
  }
}

/** Keeps an outcome, good or bad, until it may be known. */
async function attempt(run: () => Promise<ApiAnswer>): Promise<() => ApiAnswer> {
  try {
    const answer = await run()
    const object = JSON.parse(JSON.stringify(answer.object)) as object
    return () => ({ ...answer, object })
  } catch (thrown) {
    return () => {
      throw thrown
    }
  }
}

async function timeOut({ clock }: FaultyTransportDeps): Promise<never> {
  await sleep(clock, 1_000)
  throw new ApiError({ code: 504, reason: 'Timeout', message: 'the request timed out' })
}

const overloaded = (random: Random) =>
  random.integer(2) === 0
    ? new ApiError({ code: 500, reason: 'InternalError', message: 'simulated failure' })
    : new ApiError({ code: 503, reason: 'ServiceUnavailable', message: 'simulated overload' })

const throughJson = (request: ApiRequest): ApiRequest =>
  request.body === undefined ? request : { ...request, body: JSON.parse(JSON.stringify(request.body)) as object }

/** Whoever accepts any version may be shown an old one, as upstream's watch caches do. */
function maybeStale(request: ApiRequest, { random, faults, oldVersion }: FaultyTransportDeps): ApiRequest {
  if (request.verb !== 'list' || request.options.resourceVersion !== '0') return request
  const version = random.fraction() < faults().staleList ? oldVersion() : undefined
  if (version === undefined) return request
  return { ...request, options: { ...request.options, resourceVersion: version, resourceVersionMatch: 'Exact' } }
}

/** Events come late but in order; now and then the watch breaks, as a connection does. */
async function laggingWatch(
  deps: FaultyTransportDeps,
  request: ApiRequest,
  sink: WatchSink,
  alive: () => boolean,
): Promise<WatchHandle> {
  const { clock, random, faults } = deps
  let open = true
  let dueAt: Millis = clock.now()
  const later = (run: () => void) => {
    dueAt = Math.max(dueAt, clock.now() + random.fraction() * faults().delayMs)
    clock.after(dueAt - clock.now(), () => {
      if (open && alive()) run()
    })
  }
  const close = (error?: Error) => {
    if (!open) return
    open = false
    handle.stop()
    if (alive()) sink.closed(error)
  }
  const handle = await deps.inner.watch(request, {
    event: (event) => {
      const copy = JSON.parse(JSON.stringify(event)) as WatchEvent
      later(() => sink.event(copy))
    },
    closed: (error) => later(() => close(error)),
  })
  const { watchBreaksMs } = faults()
  if (watchBreaksMs > 0)
    clock.after(random.fraction() * 2 * watchBreaksMs, () => close(new Error('simulated broken connection')))
  return {
    stop: () => {
      open = false
      handle.stop()
    },
  }
}
