import type { Pod, Probe } from '../../api/types.ts'
import type { Clock, Millis, Timer } from '../../base/clock.ts'
import { messageOf } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import type { PodEvents, ProbeTarget } from '../pod_worker/ports.ts'
import type { ProbeResult } from '../pod_worker/view.ts'
import type { ProbeRunner } from './run_probe.ts'

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness'

export interface ProberOptions {
  readonly clock: Clock
  readonly random: Random
  readonly events: PodEvents
  readonly run: ProbeRunner
  readonly pod: Pod
  readonly target: ProbeTarget
  readonly kind: ProbeKind
  readonly probe: Probe
  /** What an earlier agent process found out about this very container. */
  readonly known: ProbeResult | undefined
  /** Called when the result has changed. */
  readonly changed: () => void
}

/** Before a first verdict: not ready, alive, and not known to have started. */
const INITIAL: Readonly<Record<ProbeKind, ProbeResult>> = {
  Startup: 'unknown',
  Liveness: 'success',
  Readiness: 'failure',
}

/** A container that is not ready yet is asked this often at first, whatever its period: most become ready soon. */
const EAGER_FIRST_MS = 100

/**
 * One probe of one container. Rounds lie on a grid from the container's start, so that a slow answer
 * does not shift the later ones; a round that would begin before the last one has ended is left out.
 */
export class Prober {
  readonly #options: ProberOptions
  result: ProbeResult
  #timer: Timer | undefined
  #running = false
  #stopped = false
  /** Equal verdicts in a row. */
  #streak = 0
  #last: ProbeResult = 'unknown'
  #eagerMs = EAGER_FIRST_MS
  #gridStart = 0

  constructor(options: ProberOptions) {
    this.#options = options
    this.result = options.known ?? INITIAL[options.kind]
  }

  /** Begins after the initial delay, counted from the container's start; once only. */
  start(): void {
    if (this.#stopped || this.#timer !== undefined || this.#running) return
    const { clock, probe, target } = this.#options
    const dueAt = target.startedAt + (probe.initialDelaySeconds ?? 0) * 1000
    this.#gridStart = Math.max(dueAt, clock.now())
    this.#schedule(Math.max(0, dueAt - clock.now()))
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #schedule(delayMs: Millis): void {
    this.#timer = this.#options.clock.after(delayMs, () => void this.#round())
  }

  async #round(): Promise<void> {
    this.#running = true
    const verdict = await this.#ask()
    this.#running = false
    if (this.#stopped) return
    this.#schedule(this.#nextDelay())
    this.#note(verdict)
  }

  async #ask(): Promise<{ readonly passed: boolean; readonly message: string }> {
    try {
      return await this.#options.run({ ...this.#options })
    } catch (error) {
      return { passed: false, message: messageOf(error) }
    }
  }

  /** Eager while a container may become ready any moment; never slower than the period. */
  #nextDelay(): Millis {
    const { clock, kind, probe } = this.#options
    const periodMs = (probe.periodSeconds ?? 10) * 1000
    const sinceStart = clock.now() - this.#gridStart
    const toGrid = periodMs - (sinceStart % periodMs)
    if (kind !== 'Readiness' || this.result === 'success' || (probe.successThreshold ?? 1) > 1) return toGrid
    this.#eagerMs *= 2
    return Math.min(this.#eagerMs, toGrid)
  }

  #note(verdict: { readonly passed: boolean; readonly message: string }): void {
    const seen: ProbeResult = verdict.passed ? 'success' : 'failure'
    this.#streak = seen === this.#last ? this.#streak + 1 : 1
    this.#last = seen
    const { events, kind, pod, probe, target } = this.#options
    if (!verdict.passed) {
      const fieldPath = `spec.containers{${target.container.name}}`
      events.record(pod, 'Warning', 'Unhealthy', `${kind} probe failed: ${verdict.message}`, fieldPath)
    }
    const threshold = verdict.passed ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
    if (this.#streak < threshold || this.result === seen) return
    this.result = seen
    this.#options.changed()
  }
}
