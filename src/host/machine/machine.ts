import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../base/assert.ts'
import type { Millis } from '../../base/clock.ts'
import { type Log, messageOf } from '../../base/log.ts'
import { type ProcessIdentity, startDetached } from '../processes.ts'
import { endByRunFile, readRunFile, writeRunFile } from '../run_files.ts'
import { addressesOf, type NodeAddresses } from './address_plan.ts'
import { startContainerd, untilContainerdListens } from './containerd.ts'
import { examineMachine, type Finding } from './doctor.ts'
import { AGENT_END_MS } from './limits.ts'
import { type MachinePaths, machinePaths } from './machine_paths.ts'
import { inNamespace, keepNamespace } from './namespaces.ts'
import { connectNodes, type NodePlace, setUpNodeNamespace } from './node_network.ts'
import { nodeCgroup, tearDownNode, tearDownShared } from './teardown.ts'

/** A node whose network and containerd are there. */
export interface RunningNode extends NodePlace, NodeAddresses {
  /** File of the network namespace. */
  readonly namespace: string
  readonly containerdSocket: string
  readonly containerd: ProcessIdentity
  /** Parent for the pods' cgroups, as the runtime wants it. */
  readonly cgroupParent: string
}

export interface AgentCommand {
  /** Program and arguments; run inside the node's network namespace. */
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The machine on which nodes are made. Everything is found again by whoever makes one for the same data directory. */
export interface Machine {
  readonly paths: MachinePaths
  doctor(): readonly Finding[]
  /** Makes the node, or finds it as it is; its containerd may still be starting. Also mends what has died of it. */
  nodeUp(node: NodePlace): Promise<RunningNode>
  /** Resolves when the node's containerd listens; rejects with its last words when it ended instead. */
  untilContainerdListens(name: string): Promise<void>
  /** The node's containerd that runs now; whoever supervises calls `nodeUp` again when there is none. */
  containerdOf(name: string): ProcessIdentity | undefined
  /** Starts the agent unless one runs; it outlives this process. */
  startAgent(name: string, agent: AgentCommand): ProcessIdentity
  /** The agent that runs now. */
  agentOf(name: string): ProcessIdentity | undefined
  stopAgent(name: string): Promise<void>
  /** The nodes of which something is there, running or not. */
  nodes(): readonly NodePlace[]
  /** Ends agent, containers (SIGKILL after `graceMs`) and containerd, and leaves nothing but the data. */
  nodeDown(name: string, graceMs: Millis): Promise<void>
  downAll(graceMs: Millis): Promise<void>
}

/** Needs root for everything but `doctor`. */
export function createMachine(options: { readonly dataDirectory: string; readonly log: Log }): Machine {
  const paths = machinePaths(options.dataDirectory)
  const { log } = options
  const inTurn = oneAtATime()
  const down = async (name: string, graceMs: Millis) => {
    await tearDownNode(paths, name, graceMs)
    if (listNodes(paths).length === 0) await tearDownShared(paths)
    log.info('node is down', { node: name })
  }
  return {
    paths,
    doctor: examineMachine,
    nodeUp: (node) => nodeUp(paths, node, log, inTurn),
    untilContainerdListens: (name) => untilContainerdListens(paths.node(name)),
    startAgent: (name, agent) => startAgent(paths, name, agent),
    containerdOf: (name) => readRunFile(paths.node(name).containerdRunFile),
    agentOf: (name) => readRunFile(paths.node(name).agentRunFile),
    stopAgent: (name) => endByRunFile(paths.node(name).agentRunFile, AGENT_END_MS),
    nodes: () => listNodes(paths),
    nodeDown: down,
    downAll: async (graceMs) => {
      const results = await Promise.allSettled(listNodes(paths).map((node) => tearDownNode(paths, node.name, graceMs)))
      const failures = results
        .filter((result) => result.status === 'rejected')
        .map((result) => messageOf(result.reason))
      if (failures.length > 0) throw new Error(failures.join('; '))
      await tearDownShared(paths)
    },
  }
}

type InTurn = (act: () => Promise<void>) => Promise<void>

/** Nodes share the bridge and the machine's namespace: two that came up at once would make each of them twice. */
function oneAtATime(): InTurn {
  let last = Promise.resolve()
  return (act) => {
    const turn = last.then(act)
    last = turn.catch(() => {})
    return turn
  }
}

async function nodeUp(paths: MachinePaths, node: NodePlace, log: Log, inTurn: InTurn): Promise<RunningNode> {
  assert(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(node.name), `${node.name} is a valid node name`)
  const places = paths.node(node.name)
  mkdirSync(places.run, { recursive: true, mode: 0o711 })
  await inTurn(async () => {
    await keepNamespace(paths.hostNamespace, 'self')
    await setUpNodeNamespace(paths, node)
    writeFileSync(places.facts, JSON.stringify({ name: node.name, index: node.index }))
    await connectNodes(paths, listNodes(paths))
  })
  const containerd = await startContainerd(paths, node, log)
  return {
    ...node,
    ...addressesOf(node.index),
    namespace: places.namespace,
    containerdSocket: places.socket,
    containerd,
    cgroupParent: nodeCgroup(paths, node.name),
  }
}

function startAgent(paths: MachinePaths, name: string, agent: AgentCommand): ProcessIdentity {
  const places = paths.node(name)
  const running = readRunFile(places.agentRunFile)
  if (running !== undefined) return running
  mkdirSync(paths.logs, { recursive: true })
  const command = inNamespace(places.namespace, agent.command)
  const identity = startDetached(command, { logFile: places.agentLog, ...(agent.env && { env: agent.env }) })
  writeRunFile(places.agentRunFile, identity, { node: name })
  return identity
}

/** Known by the folders in `/run`, which vanish with the machine's restart as the nodes do. */
function listNodes(paths: MachinePaths): readonly NodePlace[] {
  if (!existsSync(paths.run)) return []
  return readdirSync(paths.run)
    .map((entry) => join(paths.run, entry, 'node.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as NodePlace)
    .sort((a, b) => a.index - b.index)
}
