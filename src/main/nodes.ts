import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import type { CertificateAuthority } from '../host/certificates.ts'
import { type ControlPlane, componentUser } from './control_plane.ts'
import type { DataDirectory } from './data_directory.ts'
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
  /** Ends what lives in this process; agents and containers of real nodes go on. */
  stop(): Promise<void>
}

/** Brings up every node and resolves when all are Ready. */
export async function startNodes(deps: NodesDeps): Promise<RunningNodes> {
  const { options, plane } = deps
  await removeSurplusNodes({ ...deps, client: plane.clientFor('berth') })
  if (options.nodes === 0) return { stop: async () => {} }
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
    return { stop: async () => nodes.stop() }
  }
  const nodes = await startRealNodes({
    ...deps,
    count: options.nodes,
    port: options.port,
    client: plane.clientFor('berth'),
  })
  return { stop: async () => nodes.stop() }
}
