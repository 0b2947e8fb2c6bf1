import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { endProcess, findProcesses, keepAwake, type ProcessIdentity, startDetached } from '../processes.ts'
import { readRunFile, writeRunFile } from '../run_files.ts'
import { containerdConfig } from './containerd_config.ts'
import { CONTAINERD_END_MS, CONTAINERD_POLL_MS, CONTAINERD_START_MS } from './limits.ts'
import type { MachinePaths, NodePaths } from './machine_paths.ts'
import { inNamespace } from './namespaces.ts'
import { cniConfig, type NodePlace } from './node_network.ts'
import { findCniPlugins, findTool, hasOverlay, mayLowerOomScore } from './surroundings.ts'

/**
 * Starts the node's containerd inside the node's network namespace, or finds the one that runs
 * already (containers and their containerd outlive whoever started them).
 */
export async function startContainerd(paths: MachinePaths, node: NodePlace, log: Log): Promise<ProcessIdentity> {
  const places = paths.node(node.name)
  const running = readRunFile(places.containerdRunFile)
  if (running !== undefined) return running
  for (const directory of [places.root, places.cniConfigs, paths.logs]) mkdirSync(directory, { recursive: true })
  writeFileSync(`${places.cniConfigs}/10-berth.conflist`, cniConfig(paths, node))
  writeFileSync(places.config, containerdConfig(places, surroundings()))
  // One without a run file would hold the database's lock and let the new one wait for ever.
  await endStrayContainerds(places)
  const identity = launch(paths, node)
  log.info('containerd started', { node: node.name, pid: identity.pid })
  return identity
}

/** Ends containerds of this node of which no run file tells. */
export async function endStrayContainerds(places: NodePaths): Promise<void> {
  const strays = findProcesses((args) => (args[0] ?? '').endsWith('containerd') && args.includes(places.config))
  await Promise.all(strays.map((stray) => endProcess(stray, CONTAINERD_END_MS)))
}

function launch(paths: MachinePaths, node: NodePlace): ProcessIdentity {
  const places = paths.node(node.name)
  // A socket of a containerd that was killed would be taken for a living one.
  rmSync(places.socket, { force: true })
  const command = inNamespace(places.namespace, ['containerd', '--config', places.config])
  const identity = startDetached(command, { logFile: places.containerdLog })
  writeRunFile(places.containerdRunFile, identity, { socket: places.socket })
  return identity
}

function surroundings() {
  const cniPlugins = findCniPlugins()
  const runtimeBinary = findTool('runc') ?? findTool('crun')
  if (cniPlugins === undefined || runtimeBinary === undefined) {
    throw new Error('runc or the CNI plugins are missing; berth doctor names the command that installs them')
  }
  const snapshotter = hasOverlay() ? ('overlayfs' as const) : ('native' as const)
  return { cniPlugins, runtimeBinary, mayLowerOomScore: mayLowerOomScore(), snapshotter }
}

/** Resolves when a containerd that was started listens. @throws Error with what it said when it ended instead */
export async function untilContainerdListens(places: NodePaths): Promise<void> {
  const { socket, containerdRunFile, containerdLog } = places
  const until = systemClock.now() + CONTAINERD_START_MS
  while (!(await listens(socket))) {
    if (readRunFile(containerdRunFile) === undefined) {
      throw new Error(`containerd ended while it started: ${lastLines(containerdLog)}`)
    }
    if (systemClock.now() > until) throw new Error(`containerd does not answer; see ${containerdLog}`)
    await keepAwake(CONTAINERD_POLL_MS)
  }
}

/** containerd opens its socket as the last step of its start. */
function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ')
}
