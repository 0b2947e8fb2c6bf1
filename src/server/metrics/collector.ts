import type { StatsSummary } from '../../api/stats_summary.ts'
import { type Clock, type Millis, sleep, type Timer } from '../../base/clock.ts'
import { type Log, messageOf } from '../../base/log.ts'
import { figuresOf, type NodeFigures } from './figures.ts'
import { FIRST_WINDOW_MS, SCRAPE_MS, UNWANTED_MS } from './limits.ts'

/** Asks nodes what they use; a port, as the agents' doors belong to the machine. */
export interface NodeStatsPort {
  /** What `node` counts now. @throws when it cannot be asked */
  summary(node: string): Promise<StatsSummary>
}

export interface CollectorDeps {
  readonly nodes: () => Promise<readonly string[]>
  readonly port: NodeStatsPort
  readonly clock: Clock
  readonly log: Log
}

/** What is used, by node. */
export interface UsageCollector {
  /** Nodes and pods that were seen twice. The first asker after a pause waits for the second look. */
  figures(): Promise<ReadonlyMap<string, NodeFigures>>
  stop(): void
}

/**
 * Looks at the nodes every now and then, but only while somebody wants to know: a cluster in which
 * nobody asks and nothing is scaled by use pays nothing.
 */
export function createUsageCollector(deps: CollectorDeps): UsageCollector {
  return new Collector(deps)
}

class Collector implements UsageCollector {
  readonly #deps: CollectorDeps
  #last = new Map<string, StatsSummary>()
  #figures = new Map<string, NodeFigures>()
  #wantedAt: Millis = 0
  #timer: Timer | undefined
  #begun: Promise<void> | undefined
  #stopped = false

  constructor(deps: CollectorDeps) {
    this.#deps = deps
  }

  async figures(): Promise<ReadonlyMap<string, NodeFigures>> {
    this.#wantedAt = this.#deps.clock.now()
    this.#begun ??= this.#begin().catch((error) => {
      this.#begun = undefined
      throw error
    })
    await this.#begun
    return this.#figures
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  async #begin(): Promise<void> {
    await this.#look()
    await sleep(this.#deps.clock, FIRST_WINDOW_MS)
    await this.#look()
    this.#lookLater()
  }

  #lookLater(): void {
    if (this.#stopped) return
    const { clock, log } = this.#deps
    this.#timer = clock.after(SCRAPE_MS, () => {
      if (clock.now() - this.#wantedAt > UNWANTED_MS) return this.#rest()
      this.#look()
        .catch((error) => log.warn('cannot look at the nodes', { error: messageOf(error) }))
        .finally(() => this.#lookLater())
    })
  }

  /** What was seen is too old for whoever asks next. */
  #rest(): void {
    this.#last.clear()
    this.#figures.clear()
    this.#begun = undefined
  }

  /** A node that does not answer has no figures; the others keep theirs. */
  async #look(): Promise<void> {
    const { log, nodes, port } = this.#deps
    const seen = new Map<string, StatsSummary>()
    const figures = new Map<string, NodeFigures>()
    const ask = async (node: string): Promise<void> => {
      const summary = await port.summary(node)
      seen.set(node, summary)
      const before = this.#last.get(node)
      if (before !== undefined) figures.set(node, figuresOf(before, summary))
    }
    const failed = (node: string, error: unknown) =>
      log.info('a node does not say what it uses', { node, error: messageOf(error) })
    await Promise.all((await nodes()).map((node) => ask(node).catch((error) => failed(node, error))))
    this.#last = seen
    this.#figures = figures
  }
}
