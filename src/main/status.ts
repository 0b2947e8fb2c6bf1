import { existsSync } from 'node:fs'
import { readClusterFile } from './cluster_file.ts'
import { runningDaemon } from './daemon_process.ts'
import { dataDirectory } from './data_directory.ts'

export interface ClusterStatus {
  readonly running: boolean
  readonly lines: readonly string[]
}

/** What runs and where, as lines for a person. */
export async function clusterStatus(data: string | undefined): Promise<ClusterStatus> {
  const directory = dataDirectory(data)
  const options = readClusterFile(directory)
  const running = runningDaemon(directory)
  const kept =
    options === undefined ? 'none yet' : `${options.nodes} ${options.runtime} nodes, ${options.store.kind} store`
  const lines = [`data        ${directory.root} (${kept})`]
  if (running === undefined) return { running: false, lines: [...lines, 'berthd      not running'] }
  const { facts, pid } = running
  return {
    running: true,
    lines: [
      ...lines,
      `berthd      running, version ${facts.version}, process ${pid}`,
      `API         https://127.0.0.1:${facts.port}`,
      `kubeconfig  ${directory.kubeconfig}${existsSync(directory.kubeconfig) ? '' : ' (missing)'}`,
      `logs        ${directory.logs}`,
    ],
  }
}
