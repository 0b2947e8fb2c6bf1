import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODES, PODS } from '../api/resources.ts'
import type { Node, Pod } from '../api/types.ts'
import { messageOf } from '../base/log.ts'
import { createClient } from '../client/typed_client.ts'
import { createHttpTransport } from '../host/http_transport.ts'
import { readClusterFile } from './cluster_file.ts'
import { type DaemonFacts, runningDaemon } from './daemon_process.ts'
import { type DataDirectory, dataDirectory } from './data_directory.ts'
import { memoryByPart } from './memory.ts'

export interface ClusterStatus {
  readonly running: boolean
  readonly lines: readonly string[]
}

/** More nodes than this are counted, not listed. */
const NODES_LISTED_MAX = 12

/** What runs and where, as lines for a person. */
export async function clusterStatus(data: string | undefined): Promise<ClusterStatus> {
  const directory = dataDirectory(data)
  const options = readClusterFile(directory)
  const running = runningDaemon(directory)
  const kept =
    options === undefined
      ? 'no cluster yet'
      : `${options.nodes === 0 ? 'no nodes' : counted(options.nodes, `${options.runtime} node`)}, ${options.store.kind} store`
  const lines = [row('data', `${directory.root} (${kept})`)]
  if (running === undefined) return { running: false, lines: [...lines, row('berthd', 'not running')] }
  const { facts, pid } = running
  return {
    running: true,
    lines: [
      ...lines,
      row('berthd', `${facts.readyMs > 0 ? 'running' : 'starting'}, version ${facts.version}, process ${pid}`),
      row('API', `https://127.0.0.1:${facts.port}`),
      row('kubeconfig', `${directory.kubeconfig}${existsSync(directory.kubeconfig) ? '' : ' (missing)'}`),
      row('logs', directory.logs),
      ...(await contents(directory, facts)),
      row('memory', memoryLine(directory)),
    ],
  }
}

/** The nodes and pods, asked from the API itself. */
async function contents(directory: DataDirectory, facts: DaemonFacts): Promise<readonly string[]> {
  const pki = (file: string) => readFileSync(join(directory.pki, file), 'utf8')
  let transport: ReturnType<typeof createHttpTransport> | undefined
  try {
    transport = createHttpTransport({
      server: `https://localhost:${facts.port}`,
      socketPath: directory.apiSocket,
      ca: pki('ca.crt'),
      certificate: pki('admin.crt'),
      key: pki('admin.key'),
    })
    const client = createClient(transport)
    const [nodes, pods] = await Promise.all([client.list(NODES), client.list(PODS)])
    return [...nodeLines(nodes.items, pods.items), row('pods', countsBy(pods.items, stateOfPod) || 'none')]
  } catch (error) {
    return [row('nodes', `the API does not answer: ${messageOf(error)}`)]
  } finally {
    transport?.close()
  }
}

function nodeLines(nodes: readonly Node[], pods: readonly Pod[]): readonly string[] {
  if (nodes.length === 0) return [row('nodes', 'none')]
  if (nodes.length > NODES_LISTED_MAX) return [row('nodes', countsBy(nodes, stateOfNode))]
  return nodes.map((node, index) => {
    const own = pods.filter((pod) => pod.spec?.nodeName === node.metadata.name)
    return row(index === 0 ? 'nodes' : '', `${node.metadata.name} ${stateOfNode(node)}, ${counted(own.length, 'pod')}`)
  })
}

const stateOfNode = (node: Node): string =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? 'Ready' : 'NotReady'

const stateOfPod = (pod: Pod): string =>
  pod.metadata.deletionTimestamp === undefined ? (pod.status?.phase ?? 'Unknown') : 'Terminating'

/** `3 Running, 1 Pending` */
function countsBy<T>(items: readonly T[], stateOf: (item: T) => string): string {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(stateOf(item), (counts.get(stateOf(item)) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ')
}

function memoryLine(directory: DataDirectory): string {
  const parts = memoryByPart(directory)
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  return `${megabytes(total)}: ${parts.map(({ part, bytes }) => `${part} ${megabytes(bytes)}`).join(', ')}`
}

const row = (label: string, text: string): string => `${label.padEnd(11)} ${text}`
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
