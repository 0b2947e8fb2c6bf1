import type { Transport } from '../api/request.ts'
import type { StatsSummary } from '../api/stats_summary.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import { createInformers } from '../client/informers.ts'
import { createClient } from '../client/typed_client.ts'
import { createEventRecorder } from '../controllers/runtime/event_recorder.ts'
import type { SimulatedNodeSize } from '../node/simulated/description.ts'
import { SimulatedNodes } from '../node/simulated/nodes.ts'

export interface SimulatedNodesOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly count: number
  readonly size: SimulatedNodeSize
}

/** The name of the node with this index, real or simulated. */
export const nodeName = (index: number): string => `node-${index}`

export interface RunningSimulatedNodes {
  /** What a node's containers would use. @throws Error when there is no such node */
  summary(node: string): Promise<StatsSummary>
  stop(): void
}

/** Brings up nodes whose containers are simulated, in this process; resolves when all are Ready. */
export async function startSimulatedNodes(options: SimulatedNodesOptions): Promise<RunningSimulatedNodes> {
  const { clock, random, log, transport } = options
  const client = createClient(transport, { fieldManager: 'berth-agent' })
  const informers = createInformers({ client, clock, log })
  const events = createEventRecorder({ client, clock, random, log, component: 'kubelet' })
  const nodes = new SimulatedNodes({ client, informers, clock, random, log, events })
  await informers.start()
  await Promise.all(Array.from({ length: options.count }, (_, index) => nodes.add(nodeName(index), options.size)))
  return {
    summary: async (name) => {
      const node = nodes.nodes.find((one) => one.name === name)
      if (node === undefined) throw new Error(`there is no node ${name}`)
      return node.stats.summary()
    },
    stop: () => {
      nodes.stop()
      informers.stop()
    },
  }
}
