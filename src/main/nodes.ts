import type { Log } from '../base/log.ts'
import type { CertificateAuthority } from '../host/certificates.ts'
import type { ControlPlane } from './control_plane.ts'
import type { DataDirectory } from './data_directory.ts'
import type { ClusterOptions } from './options.ts'

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
  if (deps.options.nodes === 0) return { stop: async () => {} }
  throw new Error(`nodes with the runtime ${deps.options.runtime} cannot be started`)
}
