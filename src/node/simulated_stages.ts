import type { Millis } from '../base/clock.ts'

/**
 * How simulated containers behave, as data. A pod says it by annotations:
 *
 *     berth.dev/simulate: '{"startMs": 200, "exit": {"afterMs": 5000, "code": 1}}'
 *     berth.dev/simulate.sidecar: '{"stopMs": 1000}'        # only the container `sidecar`
 */
export interface SimulatedBehaviour {
  /** From the start request until it runs. */
  readonly startMs?: Millis
  /** It ends on its own; `times` says in how many of its first runs (all if absent). */
  readonly exit?: { readonly afterMs: Millis; readonly code: number; readonly times?: number }
  /** From SIGTERM until it ends; more than the grace period: it is killed. */
  readonly stopMs?: Millis
  /** What a command inside answers, and so what exec probes see; 0 if absent. */
  readonly execCode?: number
  /** Exec commands answer 1 until it has run this long. */
  readonly readyAfterMs?: Millis
}

const SIMULATE_ANNOTATION = 'berth.dev/simulate'

/** The behaviour of one container: that of the pod, with its own on top. Text that is no JSON object changes nothing. */
export function behaviourOf(annotations: Readonly<Record<string, string>>, container: string): SimulatedBehaviour {
  const own = annotations[`${SIMULATE_ANNOTATION}.${container}`]
  const common = annotations[SIMULATE_ANNOTATION]
  if (own === undefined && common === undefined) return NOTHING_SPECIAL
  return { ...parse(common), ...parse(own) }
}

const NOTHING_SPECIAL: SimulatedBehaviour = {}

function parse(text: string | undefined): SimulatedBehaviour {
  if (text === undefined) return NOTHING_SPECIAL
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as SimulatedBehaviour) : NOTHING_SPECIAL
  } catch {
    return NOTHING_SPECIAL
  }
}
