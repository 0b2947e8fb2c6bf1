import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import type { CertificateAuthority } from '../host/certificates.ts'
import { readAgentSummary } from '../host/streaming/agent_stats.ts'
import type { NodeStatsPort } from '../server/metrics/collector.ts'
import { type ControlPlane, componentUser } from './control_plane.ts'
import { agentDoor, type DataDirectory } from './data_directory.ts'
import type { ClusterOptions } from './options.ts'
import { startRealNodes } from './real_nodes.ts'
import { startSimulatedNodes } from './simulated_nodes.ts'
import { removeSurplusNodes } from './surplus_nodes.ts'

export interface NodesDeps {
  readonly directory: DataDirectory
  readonly options: ClusterOptions
  readonly authority: CertificateAuthority
  readonly plane: ControlPlane
  readonly log: Log
  readonly report: (step: string) => void
}

/** The nodes of this machine, real or simulated. */
export interface RunningNodes {
  /** What a node counts. @throws when it cannot be asked */
  readonly summary: NodeStatsPort['summary']
  /** Ends what lives in this process; agents and containers of real nodes go on. */
  stop(): Promise<void>
}

/** Brings up every node and resolves when all are Ready. */
export async function startNodes(deps: NodesDeps): Promise<RunningNodes> {
  const { options, plane } = deps
  await removeSurplusNodes({ ...deps, client: plane.clientFor('berth') })
  if (options.nodes === 0) return { summary: noNode, stop: async () => {} }
  if (options.runtime === 'simulated') {
    const transport = plane.server.transport(componentUser('nodes'))
    const nodes = await startSimulatedNodes({
      transport,
      clock: systemClock,
      random: systemRandom,
      log: deps.log,
      count: options.nodes,
      size: options.nodeSize,
    })
    return { summary: nodes.summary, stop: async () => nodes.stop() }
  }
  const nodes = await startRealNodes({
    ...deps,
    count: options.nodes,
    port: options.port,
    imageChoice: options.images,
    client: plane.clientFor('berth'),
  })
  const summary = (node: string) => readAgentSummary(agentDoor(deps.directory, node))
  return { summary, stop: async () => nodes.stop() }
}

const noNode: NodeStatsPort['summary'] = async (node) => {
  throw new Error(`there is no node ${node}`)
}
