import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../base/assert.ts'
import { SOCKET_PATH_BYTES_MAX } from './limits.ts'

/** Where everything of one data directory lies. `run` is for what ends with the machine: sockets and namespaces. */
export interface MachinePaths {
  readonly data: string
  readonly run: string
  /** Tells two data directories' names apart, in `/run`, in cgroups and in CNI's own folders. */
  readonly hash: string
  /** The machine's own network, kept so that a process inside a node can still start a download. */
  readonly hostNamespace: string
  /** The bridge between nodes lives in it. */
  readonly bridgeNamespace: string
  readonly images: string
  readonly logs: string
  node(name: string): NodePaths
}

export interface NodePaths {
  /** Files that stay: images and containers of the node's containerd. */
  readonly root: string
  readonly run: string
  readonly namespace: string
  readonly socket: string
  readonly state: string
  readonly runc: string
  readonly config: string
  readonly cniConfigs: string
  readonly addresses: string
  readonly containerdRunFile: string
  readonly agentRunFile: string
  readonly facts: string
  readonly containerdLog: string
  readonly agentLog: string
}

/** Makes the data directory if need be and derives all names from its real path. */
export function machinePaths(dataDirectory: string): MachinePaths {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const data = realpathSync(dataDirectory)
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 8)
  const run = `/run/berth-${hash}`
  return {
    data,
    run,
    hash,
    hostNamespace: join(run, 'netns', 'host'),
    bridgeNamespace: join(run, 'netns', 'bridge'),
    images: join(data, 'images'),
    logs: join(data, 'log'),
    node: (name) => nodePaths(data, run, name),
  }
}

function nodePaths(data: string, runRoot: string, name: string): NodePaths {
  const run = join(runRoot, name)
  const socket = join(run, 'containerd.sock')
  assert(Buffer.byteLength(`${socket}.ttrpc`) <= SOCKET_PATH_BYTES_MAX, `the node's name is short enough for ${socket}`)
  return {
    root: join(data, 'nodes', name, 'containerd'),
    run,
    namespace: join(runRoot, 'netns', `node-${name}`),
    socket,
    state: join(run, 'state'),
    runc: join(run, 'runc'),
    config: join(run, 'containerd.toml'),
    cniConfigs: join(run, 'cni'),
    addresses: join(run, 'addresses'),
    containerdRunFile: join(run, 'containerd.json'),
    agentRunFile: join(run, 'agent.json'),
    facts: join(run, 'node.json'),
    containerdLog: join(data, 'log', `containerd-${name}.log`),
    agentLog: join(data, 'log', `agent-${name}.log`),
  }
}
