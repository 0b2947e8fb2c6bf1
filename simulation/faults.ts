import type { Millis } from '../src/base/clock.ts'
import type { Random } from '../src/base/random.ts'

/** How often things go wrong in one run. Chances are fractions of all requests, spans are virtual time. */
export interface Faults {
  /** The request never arrives; the caller sees a time-out. */
  lostRequest: number
  /** It took hold, but the caller sees a time-out. */
  lostAnswer: number
  /** The server says 500 or 503 without doing anything. */
  serverError: number
  /** Each way of a request takes up to this long, and so does each watch event (in order). */
  delayMs: Millis
  /** Mean time after which a watch breaks; 0: never. */
  watchBreaksMs: Millis
  /** Mean time between crashes of the controllers, and of a node's agent; 0: never. */
  controllersCrashMs: Millis
  agentCrashMs: Millis
  /** Chance that a list which accepts any version (resourceVersion=0) shows an old one. */
  staleList: number
}

export const NO_FAULTS: Readonly<Faults> = {
  lostRequest: 0,
  lostAnswer: 0,
  serverError: 0,
  delayMs: 5,
  watchBreaksMs: 0,
  controllersCrashMs: 0,
  agentCrashMs: 0,
  staleList: 0,
}

/** Each run first draws which faults it has at all (swarm testing), then how strong they are. */
export function drawFaults(random: Random): Faults {
  const perhaps = (most: number) => (random.fraction() < 0.5 ? 0 : random.fraction() * most)
  return {
    lostRequest: perhaps(0.15),
    lostAnswer: perhaps(0.15),
    serverError: perhaps(0.15),
    delayMs: 1 + random.integer(200),
    watchBreaksMs: random.fraction() < 0.5 ? 0 : 2_000 + random.integer(20_000),
    controllersCrashMs: random.fraction() < 0.3 ? 0 : 1_000 + random.integer(15_000),
    agentCrashMs: random.fraction() < 0.4 ? 0 : 2_000 + random.integer(15_000),
    staleList: perhaps(0.8),
  }
}
